//! Looking through long texts, many characters at a time.
//!
//! Bodies of pages have tens of thousands of characters, nearly all of them plain ASCII: what is
//! done to each of them by itself was a quarter of the server's time.

/// How many bytes are looked at together.
const CHUNK: usize = 32;

/// How much of the beginning of `text` is printable ASCII, line breaks and tabs, in bytes.
pub(crate) fn plain_prefix(text: &str) -> usize {
    let plain = |byte: u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    let (chunks, _) = text.as_bytes().as_chunks::<CHUNK>();
    // `&` rather than `&&`: without branches it is one instruction for many bytes.
    let all_plain = |chunk: &[u8; CHUNK]| chunk.iter().fold(true, |all, byte| all & plain(*byte));
    let from = chunks.iter().take_while(|it| all_plain(it)).count() * CHUNK;
    from + text.as_bytes()[from..].iter().take_while(|it| plain(**it)).count()
}

/// Where the character begins that has `number` others before it. `None` if there is none.
pub(crate) fn start_of(text: &str, number: usize) -> Option<usize> {
    let mut rest = text.chars();
    if let Some(last_before) = number.checked_sub(1) {
        // Unlike that of `char_indices`, this `nth` does not look at every character.
        rest.nth(last_before)?;
    }
    let rest = rest.as_str();
    (!rest.is_empty()).then(|| text.len() - rest.len())
}

/// How often `character` stands in a row, where it does so most often.
pub(crate) fn longest_run(text: &str, character: char) -> usize {
    let (mut longest, mut run, mut end) = (0, 0, 0);
    for (at, found) in text.match_indices(character) {
        run = if at == end { run + 1 } else { 1 };
        end = at + found.len();
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_prefix_is_what_a_look_at_every_character_finds(text in "[a-z\n\té\u{7f}]{0,80}") {
            let plain = |it: &char| it.is_ascii() && (!it.is_control() || matches!(it, '\n' | '\t'));
            prop_assert_eq!(plain_prefix(&text), text.chars().take_while(plain).count());
        }

        #[test]
        fn a_character_starts_where_counting_finds_it(text in ".{0,80}", number in 0_usize..90) {
            let counted = text.char_indices().nth(number).map(|(at, _)| at);
            prop_assert_eq!(start_of(&text, number), counted);
        }

        #[test]
        fn a_run_is_as_long_as_the_longest_piece_without_others(text in "[`é]{0,40}") {
            let counted = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
            prop_assert_eq!(longest_run(&text, '`'), counted);
        }
    }
}
