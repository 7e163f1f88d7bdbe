//! Full-text patterns: how text is cut into words, folded and matched.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How many words a phrase may have: its progress is a bit mask.
const MAX_PHRASE: usize = 64;

/// Gives the text without differences of case and without diacritics.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { folded(text).collect() }
}

/// The folded characters of the text, without allocating.
pub(super) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfkd().filter(|&it| !is_combining_mark(it)).flat_map(char::to_lowercase)
}

/// Cuts text into words; an ideograph or kana is a word by itself, as these scripts have no spaces.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_letter)?;
        let tail = &rest[start..];
        let first = tail.chars().next()?;
        let length = if is_ideograph(first) {
            first.len_utf8()
        } else {
            tail.find(|it| !is_letter(it) || is_ideograph(it)).unwrap_or(tail.len())
        };
        rest = &tail[length..];
        Some(&tail[..length])
    })
}

fn is_letter(char: char) -> bool {
    if char.is_ascii() {
        char.is_ascii_alphanumeric() || char == '_'
    } else {
        char.is_alphanumeric() || is_combining_mark(char)
    }
}

fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// What the operand of `~` asks for: one of several alternatives, each a set of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    alternatives: Vec<Vec<Term>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negated: bool,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Word(String),
    /// With `*` for any characters and `?` for one; without the `*` of a mere prefix.
    Glob(Vec<char>),
    Prefix(String),
    Fuzzy(Vec<char>),
    /// At most [`MAX_PHRASE`] words in a row.
    Phrase(Vec<String>),
}

impl Pattern {
    /// Reads an operand: words, `"phrases"`, `prefix*`, `fuzzy~`, `-not`, `NOT not`, `a OR b`.
    pub(super) fn parse(text: &str) -> Self {
        let mut alternatives = vec![Vec::new()];
        let mut negated = false;
        for piece in pieces(text) {
            match piece {
                "OR" => alternatives.push(Vec::new()),
                "AND" => {}
                "NOT" => negated = true,
                _ => {
                    let bare = piece.trim_start_matches(['+', '-', '!']);
                    let excluded = negated || piece.starts_with(['-', '!']);
                    let terms =
                        shapes(bare).into_iter().map(|shape| Term { negated: excluded, shape });
                    if let Some(last) = alternatives.last_mut() {
                        last.extend(terms);
                    }
                    negated = false;
                }
            }
        }
        alternatives.retain(|it| !it.is_empty());
        Self { alternatives }
    }

    /// Whether the terms are found in the parts, taken together.
    ///
    /// The parts are asked for in order, and only while they can change the answer.
    pub(super) fn matches<'a>(&self, parts: &mut dyn FnMut(usize) -> Option<Cow<'a, str>>) -> bool {
        let mut seen: Vec<Vec<bool>> =
            self.alternatives.iter().map(|it| vec![false; it.len()]).collect();
        let mut index = 0;
        loop {
            let decided = self.alternatives.iter().zip(&seen).any(|(terms, seen)| {
                terms.iter().zip(seen).all(|(term, &seen)| seen && !term.negated)
            });
            if decided {
                return true;
            }
            let Some(part) = parts(index) else { break };
            for (terms, seen) in self.alternatives.iter().zip(&mut seen) {
                find(terms, seen, &part);
            }
            index += 1;
        }
        self.alternatives
            .iter()
            .zip(&seen)
            .any(|(terms, seen)| terms.iter().zip(seen).all(|(term, &seen)| seen != term.negated))
    }

    /// How many of the wanted terms are in the text.
    pub(super) fn count(&self, text: &str) -> usize {
        self.alternatives
            .iter()
            .map(|terms| {
                let mut seen = vec![false; terms.len()];
                find(terms, &mut seen, text);
                terms.iter().zip(seen).filter(|(term, seen)| *seen && !term.negated).count()
            })
            .max()
            .unwrap_or(0)
    }

    /// The folded words that are wanted.
    pub(super) fn words(&self) -> Vec<String> {
        let wanted = self.alternatives.iter().flatten().filter(|it| !it.negated);
        wanted
            .flat_map(|term| match &term.shape {
                Shape::Word(word) | Shape::Prefix(word) => vec![word.clone()],
                Shape::Fuzzy(word) => vec![word.iter().collect()],
                Shape::Phrase(words) => words.clone(),
                Shape::Glob(_) => Vec::new(),
            })
            .filter(|it| !it.is_empty())
            .collect()
    }
}

/// Cuts an operand at white space, keeping phrases in quotes whole.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let mut quoted = false;
        let end = rest.find(|it: char| {
            quoted ^= it == '"';
            it.is_whitespace() && !quoted
        });
        let (piece, tail) = rest.split_at(end.unwrap_or(rest.len()));
        rest = tail;
        if piece.is_empty() { None } else { Some(piece) }
    })
}

fn shapes(piece: &str) -> Vec<Shape> {
    if let Some(phrase) = piece.strip_prefix('"') {
        return phrases(phrase.split('"').next().unwrap_or(phrase));
    }
    if let Some((word, closeness)) = piece.rsplit_once('~')
        && closeness.chars().all(|it| it.is_ascii_digit() || it == '.')
    {
        let mut found: Vec<&str> = words(word).collect();
        if let Some(last) = found.pop() {
            let mut shapes: Vec<Shape> =
                found.into_iter().map(|it| Shape::Word(fold(it))).collect();
            shapes.push(Shape::Fuzzy(folded(last).collect()));
            return shapes;
        }
    }
    if !piece.contains(['*', '?']) {
        return phrases(piece);
    }
    let is_wild = |it: char| matches!(it, '*' | '?');
    let mut shapes = Vec::new();
    for part in piece.split(|it: char| !is_letter(it) && !is_wild(it)).filter(|it| !it.is_empty()) {
        shapes.push(match part.strip_suffix('*') {
            Some(prefix) if !prefix.contains(is_wild) => Shape::Prefix(fold(prefix)),
            _ if part.contains(is_wild) => Shape::Glob(folded(part).collect()),
            _ => Shape::Word(fold(part)),
        });
    }
    shapes
}

fn phrases(text: &str) -> Vec<Shape> {
    let words: Vec<String> = words(text).map(fold).collect();
    words
        .chunks(MAX_PHRASE)
        .map(|chunk| match chunk {
            [word] => Shape::Word(word.clone()),
            _ => Shape::Phrase(chunk.to_vec()),
        })
        .collect()
}

/// Marks the terms that are in the text.
fn find(terms: &[Term], seen: &mut [bool], text: &str) {
    let mut progress = vec![0_u64; terms.len()];
    for word in words(text) {
        let word = if word.is_ascii() { Cow::Borrowed(word) } else { Cow::Owned(fold(word)) };
        let mut open = false;
        for (index, term) in terms.iter().enumerate() {
            if !seen[index] {
                seen[index] = term.shape.accepts(&word, &mut progress[index]);
                open |= !seen[index];
            }
        }
        if !open {
            return;
        }
    }
}

impl Shape {
    /// Whether the word, folded but for ASCII case, completes the term.
    fn accepts(&self, word: &str, progress: &mut u64) -> bool {
        match self {
            Self::Word(wanted) => word.eq_ignore_ascii_case(wanted),
            Self::Prefix(prefix) => word
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|it| it.eq_ignore_ascii_case(prefix.as_bytes())),
            Self::Glob(glob) => glob_matches(glob, &fold(word).chars().collect::<Vec<_>>()),
            Self::Fuzzy(wanted) => {
                let word: Vec<char> = fold(word).chars().collect();
                let tolerance = if wanted.len() < 5 { 1 } else { 2 };
                word.len().abs_diff(wanted.len()) <= tolerance
                    && distance(&word, wanted) <= tolerance
            }
            Self::Phrase(words) => {
                let here = words
                    .iter()
                    .enumerate()
                    .filter(|(_, it)| word.eq_ignore_ascii_case(it))
                    .fold(0, |mask, (index, _)| mask | 1 << index);
                *progress = (*progress << 1 | 1) & here;
                *progress >> (words.len() - 1) & 1 == 1
            }
        }
    }
}

fn glob_matches(glob: &[char], word: &[char]) -> bool {
    let (mut at, mut in_word) = (0, 0);
    let mut retry = None;
    while in_word < word.len() {
        match glob.get(at) {
            Some('*') => {
                retry = Some((at, in_word));
                at += 1;
            }
            Some(&it) if it == '?' || it == word[in_word] => {
                at += 1;
                in_word += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    at = star + 1;
                    in_word = from + 1;
                }
                None => return false,
            },
        }
    }
    glob[at..].iter().all(|&it| it == '*')
}

/// The number of insertions, deletions and replacements between two words.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
