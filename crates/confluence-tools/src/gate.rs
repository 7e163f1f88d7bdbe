//! Spaces that are closed to a caller: asked about before a request goes out, and about what came
//! back.
//!
//! Which spaces are closed is somebody else's knowledge ([`Gate`]); what each request names, and
//! where an answer says where its entries belong, is known here ([`Touches`]). A request that does
//! not say it cannot be sent: [`Call::fetch`] asks for it.

mod entries;
mod touches;

use std::fmt::Debug;

use async_trait::async_trait;
use confluence_api::{
    Answer, Client, Endpoint, Error,
    id::{CommentId, PageId, SpaceId},
};

use crate::{
    call::Call,
    cql,
    failure::{self, Failure, FailureKind},
};

/// Where something belongs, as far as a request or an answer says it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A space, by its id.
    Space(SpaceId),
    /// A space, by its key.
    SpaceKey(String),
    /// A space, by both.
    KnownSpace {
        /// Its id.
        id: SpaceId,
        /// Its key.
        key: String,
    },
    /// The space of a page. Its draft is looked at where there may be nothing else.
    Page {
        /// The page.
        id: PageId,
        /// Whether it may be a draft that was never published.
        draft: bool,
    },
    /// The space of a page that Confluence has just told.
    KnownPage {
        /// The page.
        id: PageId,
        /// Its space.
        space: SpaceId,
    },
    /// The space of what something is put below: a page, or a folder and the like.
    Parent(PageId),
    /// The space of the page that a comment is on.
    Comment(CommentId),
    /// Nothing says where.
    Unknown,
}

/// Whether a place is open to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is open.
    Open,
    /// It is in a space that is closed.
    Closed,
    /// Its space cannot be told, so that it is treated as closed.
    Unknown,
}

/// Knows which spaces are closed to the caller.
#[async_trait]
pub trait Gate: Send + Sync + Debug {
    /// Whether each of `places` is open, in their order. Looks up through `client` what it has to.
    ///
    /// # Errors
    ///
    /// Fails when a look-up fails. A page that does not exist is [`Error::Api`].
    async fn judge(&self, client: &Client, places: &[Place]) -> Result<Vec<Verdict>, Error>;

    /// The only spaces that are open, by id, where these are few and known.
    fn space_ids(&self) -> Option<Vec<SpaceId>>;

    /// The only spaces that are open, by key, where these are few.
    fn space_keys(&self) -> Option<Vec<String>>;

    /// What has to hold for whatever a search finds. `None` if no space is open at all.
    fn condition(&self) -> Option<cql::Expression>;
}

/// A request that says what it names and what its answer is made of.
pub(crate) trait Touches: Endpoint + Clone {
    /// What the answer is made of.
    const ANSWER: Content;

    /// What the request names: it is not sent unless all of it is open.
    fn places(&self) -> Vec<Place>;

    /// Narrows the request itself, so that closed spaces are not even asked for.
    ///
    /// Fails with the reason why the request cannot be made where spaces are closed.
    fn narrow(&mut self, _gate: &dyn Gate) -> Result<(), String> {
        Ok(())
    }
}

/// What an answer is made of, which says how to tell where its parts belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// What the request names, and nothing else.
    Named,
    /// One page.
    Page,
    /// Several pages.
    Pages,
    /// Several spaces.
    Spaces,
    /// Nodes of the tree below or above a page, which is a space's own.
    Nodes,
    /// One attachment.
    Attachment,
    /// What a search found.
    Found,
}

/// `endpoint` as it may be sent, if what it names is open.
pub(crate) async fn admitted<E: Touches>(
    call: &Call<'_>,
    gate: &dyn Gate,
    endpoint: &E,
) -> Result<E, Failure> {
    let mut endpoint = endpoint.clone();
    endpoint.narrow(gate).map_err(|reason| refused(call, &reason))?;
    admit(call, gate, &endpoint.places()).await?;
    Ok(endpoint)
}

/// Sends `endpoint` if what it names is open, and gives of the answer what is open.
pub(crate) async fn guarded<E: Touches>(
    call: &Call<'_>,
    gate: &dyn Gate,
    endpoint: &E,
) -> Result<Answer, Failure> {
    let endpoint = admitted(call, gate, endpoint).await?;
    let answer = call.send(&endpoint).await?;
    match E::ANSWER {
        Content::Named => Ok(answer),
        Content::Page | Content::Attachment => {
            let place = entries::single(&answer, E::ANSWER);
            admit(call, gate, &[place.map_err(|error| call.unexpected(&error))?]).await?;
            Ok(answer)
        }
        Content::Pages | Content::Spaces | Content::Nodes | Content::Found => {
            let places =
                entries::places(&answer, E::ANSWER).map_err(|error| call.unexpected(&error))?;
            let asked: Vec<Place> = places.iter().flatten().cloned().collect();
            let mut verdicts = judge(call, gate, &asked).await?.into_iter();
            let mut is_open = || verdicts.next() == Some(Verdict::Open);
            let open: Vec<_> = places.iter().map(|it| it.is_none() || is_open()).collect();
            let closed = open.iter().filter(|it| !**it).count();
            if closed == 0 {
                return Ok(answer);
            }
            call.leave_out(closed);
            entries::keep(answer, &open).map_err(|error| call.unexpected(&error))
        }
    }
}

async fn judge(
    call: &Call<'_>,
    gate: &dyn Gate,
    places: &[Place],
) -> Result<Vec<Verdict>, Failure> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut verdicts =
        gate.judge(call.client(), places).await.map_err(|error| failure::explain(call, &error))?;
    // A gate that says too little has not opened the rest.
    verdicts.resize(places.len(), Verdict::Unknown);
    Ok(verdicts)
}

/// Refuses a call unless all of `places` are open. Spaces come first: where one is closed that the
/// request itself names, nothing has to be looked up.
async fn admit(call: &Call<'_>, gate: &dyn Gate, places: &[Place]) -> Result<(), Failure> {
    let (spaces, others): (Vec<_>, Vec<_>) =
        places.iter().cloned().partition(|it| matches!(it, Place::Space(_) | Place::SpaceKey(_)));
    let one_by_one = others.iter().map(std::slice::from_ref);
    for places in std::iter::once(spaces.as_slice()).chain(one_by_one) {
        let verdicts = judge(call, gate, places).await?;
        let closed = places.iter().zip(verdicts).find(|(_, verdict)| *verdict != Verdict::Open);
        if let Some((place, verdict)) = closed {
            return Err(refused(call, &told(place, verdict)));
        }
    }
    Ok(())
}

/// Why a place is not open, in words.
fn told(place: &Place, verdict: Verdict) -> String {
    let what = match place {
        Place::Space(id) | Place::KnownSpace { id, .. } => format!("space {id}"),
        Place::SpaceKey(key) => format!("space {key}"),
        Place::Page { id, .. } | Place::KnownPage { id, .. } => format!("the space of page {id}"),
        Place::Parent(id) => format!("the space of parent {id}"),
        Place::Comment(id) => format!("the space of comment {id}"),
        Place::Unknown => "the space of this content".to_owned(),
    };
    match verdict {
        Verdict::Unknown => {
            format!("{what} cannot be determined, and only some spaces are open to this agent")
        }
        Verdict::Closed | Verdict::Open => format!("{what} is closed to this agent"),
    }
}

/// A call that the policy on spaces does not let through.
fn refused(call: &Call<'_>, reason: &str) -> Failure {
    let text = format!(
        "Forbidden while {}: {reason}. This is the connector's policy, not Confluence's: do not try other ways to reach it, and tell the user that whoever configures the connector can change it.",
        call.whole.instruction
    );
    Failure::new(FailureKind::Forbidden, text)
}

/// What a reader is told about entries that were left out.
pub(crate) fn note(left_out: usize) -> String {
    let (entries, are) = if left_out == 1 { ("entry", "is") } else { ("entries", "are") };
    format!(
        "{left_out} {entries} {are} left out: the connector's policy closes their space to this agent."
    )
}
