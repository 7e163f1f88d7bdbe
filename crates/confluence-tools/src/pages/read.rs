//! A page's content: whole, a part of it, a section, or its outline.

use confluence_api::{
    body::PageBodyFormat,
    pages::{GetPage, PageDetail},
};
use confluence_markup::storage::{Document, Section};
use serde_json::{Value, json};

use super::GetBody;
use crate::{
    arguments::refuse,
    call::{Call, Success},
    converted::{convert, rename, unreadable},
    failure::{Failure, told},
    format::{MARKDOWN, PageFormat},
    render::{
        Reader,
        body::Window,
        pages::{self as render, Outline},
    },
    trim::MAX_TEXT,
};

/// The largest part of a body that one call gives, in characters.
const MAX_PART: usize = 100_000;

/// The most headings that an outline shows: of more, the lowest levels are left out.
const MAX_HEADINGS: usize = 200;

pub(super) async fn get_body(call: &Call<'_>, arguments: GetBody) -> Result<Success, Failure> {
    check(call, &arguments)?;
    let GetBody { id, body_format, version, outline, section, offset, max_chars } = arguments;
    let format = body_format.unwrap_or(PageFormat::Confluence(PageBodyFormat::Storage));
    let max_chars = max_chars.map_or(MAX_TEXT, |it| (it as usize).min(MAX_PART));
    let window = Window { offset: offset.unwrap_or(0) as usize, max_chars };
    let endpoint = GetPage { body_format: Some(format.upstream()), version, ..GetPage::new(id) };
    if outline {
        return self::outline(call, &endpoint).await;
    }
    if call.output.is_none() && format.is_markdown() {
        return call.one_as(&endpoint, true, |_| String::new()).await;
    }
    let answer = call.fetch(&endpoint).await?;
    let Some(output) = call.output else {
        return call.finish(&answer, |_, _| Ok(String::new()));
    };
    let render = |page: PageDetail| match call.reader {
        Reader::Model => render::body(&page, section.as_deref(), window),
        Reader::Person => render::content(&page),
    };
    if !output.has_json() && !format.is_markdown() && section.is_none() {
        let text = render(call.decode(&answer)?);
        return Ok(Success { text, structured: None, raw: None, next: None });
    }
    let mut value = call.parse(&answer)?;
    match &section {
        Some(wanted) => keep_section(call, &mut value, wanted, format.is_markdown())?,
        None if format.is_markdown() => {
            convert(&mut value).map_err(|error| unreadable(call, &error))?;
        }
        None => {}
    }
    let text = if output.has_text() { render(call.view(&value)?) } else { String::new() };
    keep_part(&mut value, window);
    rename(&mut value);
    call.part(value, output, text)
}

/// Refuses arguments that exclude each other.
fn check(call: &Call<'_>, arguments: &GetBody) -> Result<(), Failure> {
    let GetBody { body_format, outline, section, offset, max_chars, .. } = arguments;
    let has_window = offset.is_some() || max_chars.is_some();
    let reason = if call.output.is_none() && (has_window || *outline || section.is_some()) {
        "outline, section, offset and maxChars belong to the tool; an instruction returns Confluence's JSON whole"
    } else if *max_chars == Some(0) {
        "argument `maxChars`: got 0, expected at least 1"
    } else if *outline && (section.is_some() || has_window) {
        "outline gives all headings at once: section, offset and maxChars do not go with it"
    } else if (*outline || section.is_some())
        && !matches!(
            body_format,
            None | Some(PageFormat::Markdown | PageFormat::Confluence(PageBodyFormat::Storage))
        )
    {
        "outline and section need bodyFormat markdown or storage"
    } else {
        return Ok(());
    };
    Err(refuse(call.operation, reason))
}

/// The storage format in an answer.
fn storage(value: &Value) -> &str {
    value.pointer("/body/storage/value").and_then(Value::as_str).unwrap_or_default()
}

async fn outline(call: &Call<'_>, endpoint: &GetPage) -> Result<Success, Failure> {
    let answer = call.fetch(endpoint).await?;
    let mut value = call.parse(&answer)?;
    let source = storage(&value).to_owned();
    let document = Document::parse(&source).map_err(|error| unreadable(call, &error))?;
    let all = document.outline();
    let (sections, below) = shown(&all);
    let outline = Outline {
        sections: &sections,
        left_out: all.len() - sections.len(),
        below,
        characters: source.chars().count(),
    };
    let page: PageDetail = call.view(&value)?;
    let text = render::outline(&page, &outline);
    let list = sections.iter().map(|it| {
        json!({ "id": it.id, "level": it.level, "title": it.title, "characters": it.characters })
    });
    let list: Vec<_> = list.collect();
    if let Some(object) = value.as_object_mut() {
        object.shift_remove("body");
        object.insert("__outline".to_owned(), Value::Array(list));
        if outline.left_out > 0 {
            let hint =
                "The headings of the lowest levels; they are in the sections of those above.";
            let note = json!({ "omitted": outline.left_out, "hint": hint });
            object.insert("__truncated".to_owned(), note);
        }
    }
    let Some(output) = call.output else { unreachable!("an outline belongs to the tool") };
    call.part(value, output, text)
}

/// The headings of the highest levels that there is room for, and the level below which they are left
/// out.
fn shown(all: &[Section]) -> (Vec<&Section>, u8) {
    let up_to = |level: u8| all.iter().filter(move |it| it.level <= level);
    let level = (1..=6).rev().find(|level| up_to(*level).count() <= MAX_HEADINGS).unwrap_or(1);
    (up_to(level).take(MAX_HEADINGS).collect(), level)
}

/// Leaves one section of the body.
fn keep_section(
    call: &Call<'_>,
    value: &mut Value,
    wanted: &str,
    markdown: bool,
) -> Result<(), Failure> {
    let source = storage(value).to_owned();
    let document = Document::parse(&source).map_err(|error| unreadable(call, &error))?;
    let section = document.section(wanted).map_err(|error| {
        let reason = format!("argument `section`: {}", told(&error));
        refuse(call.operation, &reason)
    })?;
    let (format, text) = if markdown {
        (MARKDOWN, document.to_markdown(section.outer()))
    } else {
        ("storage", source.get(section.outer()).unwrap_or_default().to_owned())
    };
    if let Some(body) = value.pointer_mut("/body/storage") {
        *body = json!({ "representation": format, "value": text, "__section": section.id });
    }
    Ok(())
}

/// Leaves the asked part of the body in the JSON, and says so beside it.
fn keep_part(page: &mut Value, window: Window) {
    let bodies = page.get_mut("body").and_then(Value::as_object_mut);
    for body in bodies.into_iter().flat_map(|it| it.values_mut()).filter_map(Value::as_object_mut) {
        let Some(text) = body.get("value").and_then(Value::as_str) else { continue };
        let part = crate::render::body::part(text, window);
        if part.is_whole() {
            continue;
        }
        let note = json!({
            "offset": part.start,
            "end": part.end,
            "total": part.total,
            "hint": "A part of the body: read on with getBody offset/maxChars. Do not use it for an update.",
        });
        let text = part.text.to_owned();
        body.insert("value".to_owned(), Value::String(text));
        body.insert("__truncated".to_owned(), note);
    }
}
