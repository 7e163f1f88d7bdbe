//! Where the parts of an answer belong, and the answer without some of them.

use std::borrow::Cow;

use confluence_api::{
    Answer,
    id::{PageId, SpaceId},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Content, Place, note};

/// The field that tells, in the JSON of a list, that entries were left out.
const LEFT_OUT: &str = "__omitted";

/// What an entry says about where it belongs; the rest of it is skipped.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    space_id: Text<'a>,
    #[serde(borrow)]
    page_id: Text<'a>,
    #[serde(borrow)]
    space: Option<Space<'a>>,
    #[serde(borrow)]
    content: Option<FoundContent<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FoundContent<'a> {
    #[serde(borrow)]
    space: Option<Space<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Space<'a> {
    #[serde(borrow)]
    key: Text<'a>,
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    results: Vec<Entry<'a>>,
}

/// An id or a key: a string, or a number where Confluence spells it so; nothing if it is anything
/// else.
#[derive(Default)]
struct Text<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelt<'a> {
            Number(u64),
            #[serde(borrow)]
            Text(Cow<'a, str>),
            Other(serde::de::IgnoredAny),
        }
        Ok(Self(match Spelt::deserialize(deserializer)? {
            Spelt::Number(number) => Some(number.to_string().into()),
            Spelt::Text(text) => Some(text),
            Spelt::Other(_) => None,
        }))
    }
}

impl Text<'_> {
    fn parsed<T: std::str::FromStr>(&self) -> Option<T> {
        self.0.as_deref()?.parse().ok()
    }

    fn text(&self) -> Option<String> {
        self.0.as_deref().filter(|it| !it.is_empty()).map(str::to_owned)
    }
}

impl Entry<'_> {
    /// Where the entry belongs; `None` if it belongs where the request's own place is.
    fn place(&self, content: Content) -> Option<Place> {
        let space = self.space_id.parsed::<SpaceId>();
        Some(match content {
            Content::Named => return None,
            Content::Nodes => Place::Space(space?),
            Content::Page | Content::Pages => match (self.id.parsed(), space) {
                (Some(id), Some(space)) => Place::KnownPage { id, space },
                _ => Place::Unknown,
            },
            Content::Spaces => match (self.id.parsed(), self.key.text()) {
                (Some(id), Some(key)) => Place::KnownSpace { id, key },
                (Some(id), None) => Place::Space(id),
                (None, _) => Place::Unknown,
            },
            Content::Attachment => match self.page_id.parsed::<PageId>() {
                Some(id) => Place::Page { id, draft: false },
                None => Place::Unknown,
            },
            Content::Found => {
                let of_content = self.content.as_ref().map(|it| &it.space);
                let space = of_content.unwrap_or(&self.space).as_ref();
                space.and_then(|it| it.key.text()).map_or(Place::Unknown, Place::SpaceKey)
            }
        })
    }
}

/// Where what the answer is belongs.
pub(super) fn single(answer: &Answer, content: Content) -> Result<Place, serde_json::Error> {
    let entry: Entry<'_> = serde_json::from_slice(answer.body())?;
    Ok(entry.place(content).unwrap_or(Place::Unknown))
}

/// Where the entries of a list belong, in their order; `None` is where the request's own place is.
pub(super) fn places(
    answer: &Answer,
    content: Content,
) -> Result<Vec<Option<Place>>, serde_json::Error> {
    let list: List<'_> = serde_json::from_slice(answer.body())?;
    Ok(list.results.iter().map(|it| it.place(content)).collect())
}

/// The list without the entries that are not `open`, and with a note.
pub(super) fn keep(answer: Answer, open: &[bool]) -> Result<Answer, serde_json::Error> {
    let mut value: Value = answer.decode()?;
    let left_out = open.iter().filter(|it| !**it).count();
    if let Some(rows) = value.get_mut("results").and_then(Value::as_array_mut) {
        let mut open = open.iter().copied();
        rows.retain(|_| open.next().unwrap_or(false));
    }
    if let Some(list) = value.as_object_mut() {
        list.insert(LEFT_OUT.to_owned(), json!({ "count": left_out, "reason": note(left_out) }));
    }
    Ok(answer.with_body(serde_json::to_vec(&value)?.into()))
}
