//! What each request names, and what its answer is made of.

use confluence_api::{
    attachments::{GetAttachment, ListPageAttachments},
    body::PageBodyFormat,
    comments::{CommentTarget, CreateFooterComment, ListFooterComments, ListInlineComments},
    content::{ListAncestors, ListChildren, ListDescendants},
    id::PageId,
    labels::{AddLabels, ListPageLabels},
    pages::{CreatePage, DeletePage, GetPage, ListPages, NewPageStatus, UpdatePage},
    search::SearchCql,
    spaces::{GetSpace, ListSpaces},
    versions::ListPageVersions,
};

use super::{Content, Gate, Place, Touches};
use crate::cql;

/// How many spaces a list of pages can be narrowed to: what Confluence takes of `space-id`.
const MAX_SPACE_IDS: usize = 100;

/// How many keys a list of spaces can be narrowed to: what Confluence takes of `keys`.
const MAX_SPACE_KEYS: usize = 250;

/// Makes a search tell the space of what it finds.
const EXPAND_SPACE: &str = "content.space";

/// The reason for refusing whatever asks for content.
const NONE_OPEN: &str = "no space is open to this agent";

/// The reason for refusing text that Confluence renders: macros show what stands in other spaces.
const RENDERED: &str = "rendered formats may show content of other spaces, and only some spaces are open to this agent; use storage or atlas_doc_format";

fn page(id: &PageId) -> Place {
    Place::Page { id: id.clone(), draft: false }
}

/// Requests whose answer says nothing but about the page that they name.
macro_rules! of_page {
    ($($endpoint:ty: $content:ident),+ $(,)?) => {
        $(impl Touches for $endpoint {
            const ANSWER: Content = Content::$content;

            fn places(&self) -> Vec<Place> {
                vec![page(&self.id)]
            }
        })+
    };
}

of_page! {
    ListChildren: Nodes,
    ListAncestors: Nodes,
    ListDescendants: Nodes,
    ListFooterComments: Named,
    ListInlineComments: Named,
    ListPageLabels: Named,
    AddLabels: Named,
    ListPageAttachments: Named,
    ListPageVersions: Named,
}

impl Touches for ListPages {
    const ANSWER: Content = Content::Pages;

    fn places(&self) -> Vec<Place> {
        self.space_ids.iter().cloned().map(Place::Space).collect()
    }

    fn narrow(&mut self, gate: &dyn Gate) -> Result<(), String> {
        match gate.space_ids() {
            Some(open) if open.is_empty() => return Err(NONE_OPEN.to_owned()),
            Some(open) if self.space_ids.is_empty() && open.len() <= MAX_SPACE_IDS => {
                self.space_ids = open;
            }
            Some(_) | None => {}
        }
        Ok(())
    }
}

/// The answer is the look-up: nothing else is asked before it.
impl Touches for GetPage {
    const ANSWER: Content = Content::Page;

    fn places(&self) -> Vec<Place> {
        Vec::new()
    }

    fn narrow(&mut self, _gate: &dyn Gate) -> Result<(), String> {
        match self.body_format {
            None | Some(PageBodyFormat::Storage | PageBodyFormat::AtlasDocFormat) => Ok(()),
            Some(_) => Err(RENDERED.to_owned()),
        }
    }
}

impl Touches for CreatePage {
    const ANSWER: Content = Content::Named;

    fn places(&self) -> Vec<Place> {
        let space = Place::Space(self.space_id.clone());
        std::iter::once(space).chain(self.parent_id.clone().map(Place::Parent)).collect()
    }
}

impl Touches for UpdatePage {
    const ANSWER: Content = Content::Named;

    fn places(&self) -> Vec<Place> {
        let draft = self.status == NewPageStatus::Draft;
        let page = Place::Page { id: self.id.clone(), draft };
        let space = self.space_id.clone().map(Place::Space);
        let parent = self.parent_id.clone().map(Place::Parent);
        [page].into_iter().chain(space).chain(parent).collect()
    }
}

impl Touches for DeletePage {
    const ANSWER: Content = Content::Named;

    fn places(&self) -> Vec<Place> {
        vec![Place::Page { id: self.id.clone(), draft: self.draft }]
    }
}

impl Touches for ListSpaces {
    const ANSWER: Content = Content::Spaces;

    fn places(&self) -> Vec<Place> {
        let ids = self.ids.iter().cloned().map(Place::Space);
        ids.chain(self.keys.iter().cloned().map(Place::SpaceKey)).collect()
    }

    fn narrow(&mut self, gate: &dyn Gate) -> Result<(), String> {
        let names_none = self.ids.is_empty() && self.keys.is_empty();
        match gate.space_keys() {
            Some(open) if open.is_empty() => return Err(NONE_OPEN.to_owned()),
            Some(open) if names_none && open.len() <= MAX_SPACE_KEYS => self.keys = open,
            Some(_) | None => {}
        }
        Ok(())
    }
}

impl Touches for GetSpace {
    const ANSWER: Content = Content::Named;

    fn places(&self) -> Vec<Place> {
        vec![Place::Space(self.id.clone())]
    }
}

impl Touches for SearchCql {
    const ANSWER: Content = Content::Found;

    fn places(&self) -> Vec<Place> {
        Vec::new()
    }

    fn narrow(&mut self, gate: &dyn Gate) -> Result<(), String> {
        let formats = self.expand.iter().map(|it| it.rsplit('.').next().unwrap_or_default());
        if formats.into_iter().any(|it| it.ends_with("view")) {
            return Err(RENDERED.to_owned());
        }
        let query: cql::Query = self.cql.parse().map_err(|error| {
            format!("only some spaces are open to this agent, so the query has to be understood before it is sent, and it is not: {error}")
        })?;
        let condition = gate.condition().ok_or(NONE_OPEN)?;
        self.cql = query.narrowed(condition).to_string();
        if !self.expand.iter().any(|it| it == EXPAND_SPACE) {
            self.expand.push(EXPAND_SPACE.to_owned());
        }
        Ok(())
    }
}

impl Touches for CreateFooterComment {
    const ANSWER: Content = Content::Named;

    fn places(&self) -> Vec<Place> {
        vec![match &self.target {
            CommentTarget::Page(id) => page(id),
            CommentTarget::Comment(id) => Place::Comment(id.clone()),
        }]
    }
}

/// The page that it belongs to is in the answer only.
impl Touches for GetAttachment {
    const ANSWER: Content = Content::Attachment;

    fn places(&self) -> Vec<Place> {
        Vec::new()
    }
}
