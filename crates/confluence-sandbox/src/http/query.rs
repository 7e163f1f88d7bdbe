//! Query parameters, checked as REST v2 checks them.

use url::form_urlencoded;

use super::failure::Failure;

/// The parameters of a request, in the order they came.
#[derive(Debug, Clone)]
pub(crate) struct Query(Vec<(String, String)>);

/// The page sizes that REST v2 takes.
const PAGE_SIZES: std::ops::RangeInclusive<i64> = 1..=250;

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The first value under that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// All values: the key may be repeated, and a value may be a comma-separated list.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(it, _)| it == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|it| !it.is_empty())
    }

    /// The number of rows to return.
    pub(crate) fn limit(&self, default: usize) -> Result<usize, Failure> {
        let Some(limit) = self.int("limit")? else { return Ok(default) };
        if !PAGE_SIZES.contains(&limit) {
            return Err(Failure::parameter(&format!(
                "Provided value {{{limit}}} for 'limit' is not valid. Expected a value between {} and {}",
                PAGE_SIZES.start(),
                PAGE_SIZES.end()
            )));
        }
        Ok(usize::try_from(limit).unwrap_or(default))
    }

    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number: Option<i32> = value.parse().ok();
        let number = number.ok_or_else(|| Failure::wrong_type(value, name, "int."))?;
        Ok(Some(i64::from(number)))
    }

    pub(crate) fn boolean(&self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.get(name) {
            None => Ok(default),
            Some(it) if it.eq_ignore_ascii_case("true") => Ok(true),
            Some(it) if it.eq_ignore_ascii_case("false") => Ok(false),
            Some(it) => Err(Failure::wrong_type(it, name, "boolean.")),
        }
    }

    /// Ids under that name, `most` at the most.
    pub(crate) fn ids(&self, name: &str, most: usize) -> Result<Vec<u64>, Failure> {
        let ids: Vec<u64> = self
            .all(name)
            .map(|it| it.parse().ok().ok_or_else(|| Failure::wrong_type(it, name, "long.")))
            .collect::<Result<_, _>>()?;
        check_count(name, ids.len(), most)?;
        Ok(ids)
    }

    /// One of a closed set of values.
    pub(crate) fn one_of<'a>(
        &'a self,
        name: &str,
        allowed: &[&str],
    ) -> Result<Option<&'a str>, Failure> {
        self.get(name).map(|it| known(name, it, allowed)).transpose()
    }

    /// Several of a closed set of values.
    pub(crate) fn some_of<'a>(
        &'a self,
        name: &'a str,
        allowed: &[&str],
    ) -> Result<Vec<&'a str>, Failure> {
        self.all(name).map(|it| known(name, it, allowed)).collect()
    }

    /// The same query with another cursor, encoded.
    pub(crate) fn with_cursor(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.0.iter().filter(|(name, _)| name != "cursor") {
            query.append_pair(name, value);
        }
        query.append_pair("cursor", cursor).finish()
    }
}

/// Refuses more than `most` values.
pub(crate) fn check_count(name: &str, count: usize, most: usize) -> Result<(), Failure> {
    if count <= most {
        return Ok(());
    }
    Err(Failure::parameter(&format!(
        "Too many values for '{name}': {count} were provided, the maximum is {most}"
    )))
}

fn known<'a>(name: &str, value: &'a str, allowed: &[&str]) -> Result<&'a str, Failure> {
    if allowed.contains(&value) {
        return Ok(value);
    }
    Err(Failure::wrong_type(value, name, &format!("one of [{}]", allowed.join(", "))))
}
