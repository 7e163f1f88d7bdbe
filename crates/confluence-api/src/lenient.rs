//! Reading what Confluence may leave out, null or spell differently.

use serde::{Deserialize, Deserializer};

use crate::id::Text;

/// Takes `null` for the default.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Takes a number, too, for an id that is kept as text.
pub(crate) fn id_text<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    let text = Option::<Text<'de>>::deserialize(deserializer)?;
    Ok(text.map(|Text(text)| text.into_owned()))
}
