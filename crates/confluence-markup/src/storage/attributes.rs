//! The attributes of a start tag, read in place.

/// One attribute as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// With its prefix.
    pub name: &'a str,
    /// Without its quotes; references are not resolved.
    pub value: &'a str,
}

/// Walks over a start tag's attributes; ends at the first thing that is none.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// What was not read: empty when all of it was attributes.
    pub(super) fn rest(&self) -> &'a str {
        self.rest.trim_ascii()
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let text = self.rest.trim_ascii_start();
        let equals = memchr::memchr(b'=', text.as_bytes())?;
        let (name, value) =
            (text[..equals].trim_ascii_end(), text[equals + 1..].trim_ascii_start());
        let is_quote = |it: &u8| matches!(it, b'"' | b'\'');
        let quote = *value.as_bytes().first().filter(|it| is_quote(it))?;
        if name.is_empty() || name.bytes().any(|it| it.is_ascii_whitespace() || is_quote(&it)) {
            return None;
        }
        let inside = &value[1..];
        let end = memchr::memchr(quote, inside.as_bytes())?;
        let (value, rest) = (&inside[..end], &inside[end + 1..]);
        self.rest = rest;
        Some(Attribute { name, value })
    }
}
