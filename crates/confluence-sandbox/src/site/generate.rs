//! A big site out of nothing: as many pages as asked for, their bodies made when read.
//!
//! A page keeps a seed in place of its body, so that memory grows by the size of an entry and
//! not by that of a text. The same number of pages always gives the same site.

use std::{fmt::Write, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    Audience, Body, ContentId, Kind, Page, Site, Space, SpaceId, SpaceKind, Status, Version,
    label::Prefix,
};

/// Most pages in one generated space.
const PAGES_PER_SPACE: usize = 10_000;

/// How many children a generated page has.
const CHILDREN: usize = 20;

/// Where ids of generated content start.
const FIRST_ID: ContentId = 1_048_577;

const AREAS: [&str; 12] = [
    "Billing",
    "Search",
    "Onboarding",
    "Payments",
    "Reporting",
    "Identity",
    "Storage",
    "Mobile",
    "Pricing",
    "Support",
    "Release",
    "Network",
];

const KINDS: [&str; 8] = [
    "runbook",
    "decision",
    "meeting notes",
    "design",
    "checklist",
    "retrospective",
    "guide",
    "incident report",
];

const SENTENCES: [&str; 24] = [
    "The service keeps its state in one table and can be restarted at any time.",
    "Ask the team on call before you change a limit in production.",
    "A dashboard shows latency, errors and the length of the queue.",
    "We decided to keep the old endpoint until every client has moved.",
    "The migration ran for two hours and did not lose a single row.",
    "Rollback means to deploy the previous version and to drain the queue.",
    "Every alert links to the page that says what to do about it.",
    "Customers noticed the outage before our own monitoring did.",
    "The quarterly review asks for three numbers and one paragraph.",
    "New colleagues read this page in their first week and improve it.",
    "The cache is warmed from a snapshot that is taken every night.",
    "Backups are restored once a month to prove that they can be.",
    "Access is granted through groups and reviewed by their owners.",
    "The contract with the supplier ends in autumn and renews by itself.",
    "Invoices are generated on the first working day of the month.",
    "A certificate that expires in ten days opens a ticket on its own.",
    "The experiment showed no difference between the two designs.",
    "Translations are delivered together with the screenshots.",
    "The index is rebuilt from scratch when its schema changes.",
    "Time zones are stored by name, never by offset.",
    "Feature flags older than a quarter are removed by the bot.",
    "The export takes an hour and should run outside business hours.",
    "Nobody remembers why the timeout is seventeen seconds.",
    "The next step is a proposal with costs and a date.",
];

impl Site {
    /// Adds `pages` pages in as many spaces as it takes, home pages counted.
    pub(crate) fn generate(&mut self, pages: usize) {
        let authors: Vec<Arc<str>> =
            self.users.iter().map(|it| Arc::clone(&it.account_id)).collect();
        let Some(first) = authors.first() else { return };
        let epoch = Timestamp::from_second(1_704_067_200).unwrap_or_default();
        let labels: Vec<_> =
            AREAS.iter().map(|it| self.label(Prefix::Global, &it.to_lowercase())).collect();
        let spaces = pages.div_ceil(PAGES_PER_SPACE);
        for space in 0..spaces {
            let count = (pages - space * PAGES_PER_SPACE).min(PAGES_PER_SPACE);
            let first_id = FIRST_ID + (space * PAGES_PER_SPACE * 2) as ContentId;
            let space_id = 65_600 + space as SpaceId;
            self.add_space(Space {
                id: space_id,
                key: format!("GEN{}", space + 1).into(),
                name: format!("Generated {}", space + 1),
                kind: SpaceKind::Global,
                archived: false,
                author: Arc::clone(first),
                created_at: epoch,
                homepage: Some(first_id),
                description: format!("{count} generated pages"),
                viewers: Audience::Everyone,
                editors: Audience::Members,
                admins: [Arc::clone(first)].into(),
            });
            for number in 0..count {
                let serial = space * PAGES_PER_SPACE + number;
                let seed = serial as u64;
                let author = &authors[serial % authors.len()];
                let title: Arc<str> = title(number, seed).into();
                let created_at =
                    epoch + SignedDuration::from_mins(i64::try_from(serial).unwrap_or(0) * 7);
                let id = first_id + (number * 2) as ContentId;
                let parent = number.checked_sub(1).map(|it| first_id + (it / CHILDREN * 2) as u64);
                let labelled =
                    (number % 10 == 3).then(|| labels[serial / 10 % labels.len()].clone());
                self.insert_page(Page {
                    id,
                    space: space_id,
                    kind: Kind::Page,
                    status: Status::Current,
                    title: Arc::clone(&title),
                    parent,
                    position: i32::try_from(number % CHILDREN).unwrap_or(0) * 1000 + 1000,
                    author: Arc::clone(author),
                    owner: Arc::clone(author),
                    last_owner: None,
                    created_at,
                    versions: vec![Version {
                        number: 1,
                        minor_edit: false,
                        message: "".into(),
                        author: Arc::clone(author),
                        created_at,
                        title,
                        body: Body::Generated(seed),
                    }],
                    labels: labelled.into_iter().collect(),
                    draft: None,
                    restriction: None,
                    trashed_at: None,
                });
            }
        }
    }
}

fn title(number: usize, seed: u64) -> String {
    if number == 0 {
        return "Home".to_owned();
    }
    let mut random = Random(seed);
    format!("{} {} {number:05}", random.pick(&AREAS), random.pick(&KINDS))
}

/// The body of the page with that seed, in storage format.
pub(super) fn body(seed: u64) -> String {
    let mut body = String::with_capacity(400);
    each_part(seed, |part| {
        // Writing to a string cannot fail.
        let _ = match part {
            Part::Heading(text) => write!(body, "<h2>{text}</h2>"),
            Part::Paragraph(sentences) => write!(body, "<p>{}</p>", sentences.join(" ")),
        };
    });
    body
}

/// The readable text of the page with that seed.
pub(super) fn text(seed: u64) -> String {
    let mut readable = String::with_capacity(400);
    each_part(seed, |part| {
        match part {
            Part::Heading(text) => readable.push_str(text),
            Part::Paragraph(sentences) => {
                for sentence in sentences {
                    readable.push_str(sentence);
                    readable.push(' ');
                }
            }
        }
        readable.push('\n');
    });
    readable
}

enum Part<'a> {
    Heading(&'a str),
    Paragraph(&'a [&'a str]),
}

fn each_part(seed: u64, mut write: impl FnMut(Part<'_>)) {
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    write(Part::Heading(random.pick(&AREAS)));
    let mut sentence = || random.pick(&SENTENCES);
    write(Part::Paragraph(&[sentence(), sentence(), sentence()]));
    write(Part::Paragraph(&[sentence()]));
}

/// `SplitMix64`: one step per pick, and neighbouring seeds give unlike pages.
struct Random(u64);

impl Random {
    fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let at = usize::try_from(mixed % choices.len() as u64).unwrap_or(0);
        choices[at]
    }
}
