//! Filling the site: with the demo content, or with a single space to start from.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    access::Role,
    convert::storage,
    demo::{
        AccountKind, Audience as DemoAudience, DemoSite, DemoSpace, DemoUser, SpaceType,
        page::{
            DemoAttachment, DemoComment, DemoInlineComment, DemoLabel, DemoPage, LabelPrefix,
            PageKind, PageStatus, Resolution,
        },
    },
};

use super::{
    Attachment, Audience, Body, Comment, ContentId, Inline, Kind, Label, Page, Site, Space,
    SpaceId, SpaceKind, Status, User, Version, label::Prefix, permission::Restriction,
};

/// Demo users, whom the content names by key.
struct People<'a>(HashMap<&'a str, Arc<str>>);

impl<'a> People<'a> {
    fn of(demo: &'a DemoSite) -> Self {
        let named = |it: &'a DemoUser| (it.key.as_str(), it.account_id.as_str().into());
        Self(demo.users.iter().map(named).collect())
    }

    /// The account id; content that names nobody known keeps the name it has.
    fn id(&self, key: &str) -> Arc<str> {
        self.0.get(key).map_or_else(|| key.into(), Arc::clone)
    }

    fn ids(&self, keys: &[String]) -> BTreeSet<Arc<str>> {
        keys.iter().map(|it| self.id(it)).collect()
    }

    fn audience(&self, demo: &DemoAudience) -> Audience {
        match demo {
            DemoAudience::Everyone => Audience::Everyone,
            DemoAudience::Members => Audience::Members,
            DemoAudience::Only(keys) => Audience::Only(self.ids(keys)),
        }
    }
}

impl Site {
    /// The demo content.
    pub(crate) fn demo(demo: &DemoSite) -> Self {
        let people = People::of(demo);
        let mut site = Self::new(demo.users.iter().map(User::from).collect());
        for space in &demo.spaces {
            site.add_demo_space(space, &people);
        }
        site
    }

    /// Adds a space with an empty home page, open to everyone, written by members.
    pub(crate) fn add_plain_space(
        &mut self,
        key: &str,
        name: &str,
        archived: bool,
        now: Timestamp,
    ) {
        let author: Arc<str> =
            self.users.first().map_or_else(|| "".into(), |it| Arc::clone(&it.account_id));
        let (id, homepage) = (self.allocate(), self.allocate());
        self.add_space(Space {
            id,
            key: key.into(),
            name: name.to_owned(),
            kind: SpaceKind::Global,
            archived,
            author: Arc::clone(&author),
            created_at: now,
            homepage: Some(homepage),
            description: String::new(),
            viewers: Audience::Everyone,
            editors: Audience::Members,
            admins: [Arc::clone(&author)].into(),
        });
        let title: Arc<str> = name.into();
        self.insert_page(Page {
            id: homepage,
            space: id,
            kind: Kind::Page,
            status: Status::Current,
            title: Arc::clone(&title),
            parent: None,
            position: 1000,
            author: Arc::clone(&author),
            owner: Arc::clone(&author),
            last_owner: None,
            created_at: now,
            versions: vec![Version {
                number: 1,
                minor_edit: false,
                message: "".into(),
                author,
                created_at: now,
                title,
                body: Body::Stored("".into()),
            }],
            labels: Vec::new(),
            draft: None,
            restriction: None,
            trashed_at: None,
        });
    }

    fn add_demo_space(&mut self, demo: &DemoSpace, people: &People<'_>) {
        let id: SpaceId = number(&demo.id);
        let ids: HashMap<&str, ContentId> =
            demo.pages.iter().map(|it| (it.slug.as_str(), number(&it.id))).collect();
        self.add_space(Space {
            id,
            key: demo.key.as_str().into(),
            name: demo.name.clone(),
            kind: match demo.space_type {
                SpaceType::Global => SpaceKind::Global,
                SpaceType::Personal => SpaceKind::Personal,
            },
            archived: false,
            author: people.id(&demo.author),
            created_at: demo.created,
            homepage: ids.get(demo.homepage.as_str()).copied(),
            description: demo.description.clone(),
            viewers: people.audience(&demo.permissions.view),
            editors: people.audience(&demo.permissions.edit),
            admins: people.ids(&demo.permissions.admins),
        });
        for page in &demo.pages {
            self.add_demo_page(id, page, &ids, people);
        }
    }

    fn add_demo_page(
        &mut self,
        space: SpaceId,
        demo: &DemoPage,
        ids: &HashMap<&str, ContentId>,
        people: &People<'_>,
    ) {
        let id = number(&demo.id);
        let status = match demo.status {
            PageStatus::Current => Status::Current,
            PageStatus::Archived => Status::Archived,
            PageStatus::Draft => Status::Draft,
            PageStatus::Trashed => Status::Trashed,
        };
        let versions: Vec<Version> = demo
            .versions
            .iter()
            .map(|it| Version {
                number: it.number,
                minor_edit: it.minor_edit,
                message: it.message.as_str().into(),
                author: people.id(&it.author),
                created_at: it.at,
                title: it.title.as_str().into(),
                body: stored(&it.body),
            })
            .collect();
        let trashed_at = (status == Status::Trashed).then(|| demo.latest().at);
        let parent = demo.parent.as_deref().and_then(|it| ids.get(it).copied());
        let labels = self.demo_labels(&demo.labels);
        self.insert_page(Page {
            id,
            space,
            kind: match demo.kind {
                PageKind::Page => Kind::Page,
                PageKind::Folder => Kind::Folder,
            },
            status,
            title: demo.title.as_str().into(),
            parent: parent.filter(|_| status != Status::Trashed),
            position: i32::try_from(demo.position).unwrap_or(i32::MAX),
            author: people.id(&demo.author),
            owner: people.id(&demo.owner),
            last_owner: None,
            created_at: demo.created,
            versions,
            labels,
            draft: None,
            restriction: restriction(demo, people),
            trashed_at,
        });
        for comment in &demo.comments {
            self.add_demo_comment(id, None, comment, people);
        }
        for comment in &demo.inline_comments {
            self.add_demo_inline_comment(id, comment, people);
        }
        for attachment in &demo.attachments {
            self.add_demo_attachment(id, attachment, people);
        }
    }

    fn add_demo_comment(
        &mut self,
        page: ContentId,
        parent: Option<ContentId>,
        demo: &DemoComment,
        people: &People<'_>,
    ) {
        let id = number(&demo.id);
        self.insert_comment(Comment {
            id,
            page,
            parent,
            inline: None,
            author: people.id(&demo.author),
            created_at: demo.at,
            body: stored(&demo.body),
        });
        for reply in &demo.replies {
            self.add_demo_comment(page, Some(id), reply, people);
        }
    }

    fn add_demo_inline_comment(
        &mut self,
        page: ContentId,
        demo: &DemoInlineComment,
        people: &People<'_>,
    ) {
        let id = number(&demo.id);
        self.insert_comment(Comment {
            id,
            page,
            parent: None,
            inline: Some(Box::new(Inline {
                marker: demo.marker.clone(),
                selection: demo.selection.clone(),
                resolution: match demo.resolution {
                    Resolution::Open => "open",
                    Resolution::Resolved => "resolved",
                    Resolution::Reopened => "reopened",
                    Resolution::Dangling => "dangling",
                },
                resolved_by: demo.resolution_by.as_ref().map(|it| people.id(it)),
                resolved_at: demo.resolution_at,
            })),
            author: people.id(&demo.author),
            created_at: demo.at,
            body: stored(&demo.body),
        });
        for reply in &demo.replies {
            self.add_demo_comment(page, Some(id), reply, people);
        }
    }

    fn add_demo_attachment(&mut self, page: ContentId, demo: &DemoAttachment, people: &People<'_>) {
        let labels = self.demo_labels(&demo.labels);
        self.insert_attachment(Attachment {
            id: number(demo.id.trim_start_matches("att")),
            page,
            name: demo.name.clone(),
            media_type: demo.media_type.clone(),
            file_id: demo.file_id.clone(),
            author: people.id(&demo.author),
            created_at: demo.at,
            comment: demo.comment.clone(),
            version: demo.version,
            labels,
            bytes: demo.bytes,
        });
    }

    fn demo_labels(&mut self, labels: &[DemoLabel]) -> Vec<Label> {
        labels
            .iter()
            .map(|it| {
                let prefix = match it.prefix {
                    LabelPrefix::Global => Prefix::Global,
                    LabelPrefix::My => Prefix::My,
                    LabelPrefix::Team => Prefix::Team,
                };
                self.label(prefix, &it.name)
            })
            .collect()
    }
}

impl From<&DemoUser> for User {
    fn from(demo: &DemoUser) -> Self {
        Self {
            account_id: demo.account_id.as_str().into(),
            email: demo.email.clone(),
            display_name: demo.display_name.clone(),
            time_zone: demo.time_zone.clone(),
            role: match demo.kind {
                AccountKind::Member => Role::Member,
                AccountKind::Guest => Role::Guest,
            },
            active: demo.active,
        }
    }
}

fn restriction(demo: &DemoPage, people: &People<'_>) -> Option<Box<Restriction>> {
    let accounts = |keys: &[String]| (!keys.is_empty()).then(|| people.ids(keys));
    let restriction = Restriction {
        view: accounts(&demo.restrictions.view),
        edit: accounts(&demo.restrictions.edit),
    };
    (restriction.view.is_some() || restriction.edit.is_some()).then(|| Box::new(restriction))
}

/// Demo bodies go through the same mill as written ones.
fn stored(body: &str) -> Body {
    let normal = storage::normalize(body.trim_end()).unwrap_or_else(|_| body.to_owned());
    Body::Stored(normal.into())
}

/// Ids of the demo content are numbers; a test of the content sees to that.
fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}
