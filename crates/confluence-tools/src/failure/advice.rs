//! The next step for each sort of refusal.

use confluence_api::{LoginLink, scope::Scope};

use super::named;
use crate::{action::CredentialKind, operation::Operation, render::Reader};

/// For a user who has to log in, and can.
pub(super) fn log_in(link: &LoginLink) -> String {
    format!("Give the user this link to connect, then repeat the call: {}", link.0)
}

/// For a 400.
pub(super) fn invalid(operation: &Operation, message: Option<&str>, reader: Reader) -> String {
    let message = message.unwrap_or_default();
    let lower = message.to_ascii_lowercase();
    if lower.contains("cursor") {
        return "Use the cursor of the previous answer as it is, or leave it out.".to_owned();
    }
    if operation.instruction == "searchCql" {
        return cql(message);
    }
    if lower.contains("title already exists") {
        return "Titles are unique in a space, archived pages included: choose another title, or find the existing page with `pages list` (title, spaceId) and update it.".to_owned();
    }
    if lower.contains("expected type is long") {
        let argument = quoted(message).unwrap_or("id");
        let source = match argument {
            "spaceId" | "space-id" | "ids" => "a space's number comes from `spaces list` (keys)",
            _ if operation.tool == "spaces" => "a space's number comes from `spaces list` (keys)",
            _ => "a page's number is in its URL and in every search result",
        };
        return format!("`{}` must be a number: {source}.", argument_name(argument, reader));
    }
    if operation.instruction == "addPageLabel" {
        return "Label names have no spaces, commas or special characters; the account also needs to be allowed to edit the page.".to_owned();
    }
    if lower.contains("pars") || lower.contains("xhtml") {
        return "A body must be well-formed in its representation: storage is XHTML, with every tag closed and & written as &amp;.".to_owned();
    }
    if lower.contains("already in the trash") {
        return "Nothing is left to do.".to_owned();
    }
    if operation.instruction == "deletePage" && lower.contains("purge") {
        return "Only what is in the trash can be purged: delete the page without purge first."
            .to_owned();
    }
    match quoted(message) {
        Some(argument) => {
            format!("Correct `{}` and repeat the call.", argument_name(argument, reader))
        }
        None => "Correct the arguments and repeat the call.".to_owned(),
    }
}

/// For CQL that Confluence does not understand.
fn cql(message: &str) -> String {
    let mut advice = "Correct the CQL: put text in double quotes (escape \" and \\ with \\), as in text ~ \"on call\"; join conditions with AND/OR; relative dates are now(\"-3w\").".to_owned();
    // Confluence lists the fields itself where one is unknown.
    if !message.contains("fields") {
        advice.push_str(" Fields: type, space, title, text, label, ancestor, parent, container, id, creator, contributor, created, lastmodified.");
    }
    advice
}

/// The argument that a message names, as in `Provided value {x} for 'id' is not …`.
fn quoted(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("for '")?;
    let (name, _) = rest.split_once('\'')?;
    let plain = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    (plain && name.len() < 40).then_some(name)
}

/// A parameter of Confluence's by the name under which a caller gave it.
fn argument_name(parameter: &str, reader: Reader) -> String {
    match reader {
        // The one that has no flag.
        Reader::Person if parameter == "id" => parameter.to_owned(),
        Reader::Person => format!("--{parameter}"),
        Reader::Model => {
            let mut words = parameter.split('-');
            let mut name = words.next().unwrap_or_default().to_owned();
            for word in words {
                let (first, rest) = word.split_at(word.len().min(1));
                name.push_str(&first.to_ascii_uppercase());
                name.push_str(rest);
            }
            name
        }
    }
}

/// For a rejected credential.
pub(super) fn unauthenticated(credential: CredentialKind, reader: Reader) -> &'static str {
    match (credential, reader) {
        (CredentialKind::ApiToken, Reader::Person) => {
            "The API token or its e-mail address is wrong, expired or revoked: set another API token."
        }
        (CredentialKind::AccessToken, Reader::Person) => {
            "The access token is wrong, expired or revoked: set a fresh access token."
        }
        (CredentialKind::ApiToken, Reader::Model) => {
            "The API token or its e-mail address is wrong, expired or revoked. Retrying will not help: ask whoever runs this connector to set a new API token."
        }
        (CredentialKind::AccessToken, Reader::Model) => {
            "The access token is wrong, expired or revoked. Retrying will not help: ask whoever runs this connector to set a fresh access token."
        }
        (CredentialKind::Profile, _) => {
            "The connection to Confluence expired or was revoked. Retrying will not help: the user has to reconnect, with `confluence-cli auth login` in a terminal."
        }
        (CredentialKind::OAuth, _) => {
            "The connection to Confluence expired or was revoked. Retrying will not help: the user has to reconnect."
        }
    }
}

/// For a scope that the credential lacks.
pub(super) fn missing_scope(scopes: &[Scope], credential: CredentialKind) -> String {
    let plural = if scopes.len() == 1 { "scope" } else { "scopes" };
    let scopes = named(scopes);
    let remedy = match credential {
        CredentialKind::ApiToken => "create an API token that has it",
        CredentialKind::AccessToken => "use an access token that has it",
        CredentialKind::OAuth => "add it in the Scopes field and reconnect",
        CredentialKind::Profile => {
            "add it to CONFLUENCE_OAUTH_SCOPES (--oauth-scopes), and to the OAuth client at Atlassian's, and run `confluence-cli auth login` again"
        }
    };
    format!(
        "This operation needs the {plural} {scopes}: {remedy}. Retrying will not help before that."
    )
}

/// For a 403.
pub(super) fn forbidden(operation: &Operation, credential: CredentialKind) -> String {
    if operation.instruction == "addPageLabel" {
        return "The account can see the page but not edit it. Retrying will not help; someone with permission on the space has to grant it.".to_owned();
    }
    let scopes = match credential {
        CredentialKind::OAuth | CredentialKind::Profile => {
            format!(", or the connection lacks {}", named(operation.scopes))
        }
        CredentialKind::ApiToken | CredentialKind::AccessToken => String::new(),
    };
    format!(
        "The account may lack permission on the space or page, or access to Confluence{scopes}. Retrying will not help."
    )
}

/// For a 404.
pub(super) fn not_found(operation: &Operation) -> &'static str {
    match (operation.tool, operation.action) {
        ("spaces", _) => {
            "The space does not exist or is not visible to the account; `spaces list` shows those that are (the id is the number, not the key)."
        }
        ("attachments", "get") => {
            "The attachment, or that version of it, does not exist or is not visible to the account; `attachments listForPage` gives the ids of a page's attachments (such as att123)."
        }
        ("content", _) => {
            "The id does not exist or is not visible to the account. For a folder use `search cql` (parent = ID); for a space take its home page (`spaces list`)."
        }
        ("comments", "addFooter") => {
            "The page or the comment to reply to does not exist or is not visible to the account. Only footer comments can be replied to, not inline ones."
        }
        ("comments", _) => {
            "No page with this id is visible to the account. For the replies to a comment use `search cql` (type = comment AND container = PAGE)."
        }
        ("pages", "create") => {
            "The space (spaceId) or the parent page (parentId) does not exist or is not visible to the account."
        }
        ("pages", "get" | "getBody") => {
            "The id, or the version asked for (`versions listForPage` lists them), does not exist or is not visible to the account. Find the page with `search cql` (title ~ \"…\") or `pages list` (title)."
        }
        (_, _) => {
            "The id does not exist or is not visible to the account. Find the page with `search cql` (title ~ \"…\") or `pages list` (title), and check that the id is a page's."
        }
    }
}

/// For a write of which nobody knows whether it was carried out: how to find out, so that nothing is
/// there twice.
pub(crate) fn perhaps_done(operation: &Operation) -> &'static str {
    match operation.instruction {
        "createPage" => {
            "The page may or may not have been created: look for it with `pages list` (title) before repeating the call."
        }
        "addFooterComment" => {
            "The comment may or may not have been added: look for it with `comments getFooter`, or among the replies, before repeating the call."
        }
        // Confluence keeps the labels that are there.
        "addPageLabel" => {
            "The labels may or may not have been added: repeating the call does no harm."
        }
        "deletePage" => {
            "The page may or may not have been deleted: see its status with `pages get` before repeating the call."
        }
        _ => {
            "The change may or may not have been made: read the page again before repeating the call."
        }
    }
}

/// For a 409 where the page could not be read again.
pub(super) fn conflict() -> &'static str {
    "Somebody changed it meanwhile: read it again, apply the change to what is there now, and send its version number plus one."
}

/// For every other status.
pub(super) fn other(status: u16) -> &'static str {
    match status {
        410 => "Atlassian has removed this endpoint; please report it.",
        413 => {
            "The content is too large: Confluence takes at most 5 MB. Split it over several pages."
        }
        _ => "Retrying may not help; if it persists, report it with this text.",
    }
}
