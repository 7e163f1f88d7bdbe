//! The pages that people see: the consent screen, and why there is none.
//!
//! They work without scripts and from the keyboard, and load nothing but the style sheet.

use std::fmt::Write;

use axum::http::{StatusCode, header};

use crate::{
    http::{
        answer::{Answer, Content},
        web,
    },
    identity::AuthorizationRequest,
    site::escape,
    state::Shared,
};

/// Forbids everything but the style sheet and the form.
///
/// `form-action` is missing on purpose: browsers apply it to the redirects that follow, too, and
/// those lead to the application, and from there to wherever it likes.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The screen on which a person decides, with what was wrong with the last try.
pub(super) fn consent(
    shared: &Shared,
    request: &AuthorizationRequest,
    screen: &str,
    complaint: Option<&str>,
) -> Answer {
    let app = escape(&request.client_name);
    let mut main = format!(
        "<h1>{app} asks for access to your Atlassian account</h1>\
         <form method=\"post\" action=\"/authorize\">"
    );
    if let Some(complaint) = complaint {
        alert(&mut main, complaint);
    }
    // Writing to a string cannot fail, here and below.
    let _ = write!(main, "<input type=\"hidden\" name=\"screen\" value=\"{}\">", escape(screen));
    accounts(&mut main, shared);
    sites(&mut main, shared);
    main.push_str("<h2>It could then</h2><ul class=\"scopes\">");
    for scope in &request.scopes {
        let _ = write!(main, "<li><code>{}</code></li>", escape(scope));
    }
    let _ = write!(
        main,
        "</ul><p class=\"meta\">Whatever you choose, you are sent to \
         <code>{}</code>.</p><p class=\"buttons\">\
         <button name=\"decision\" value=\"accept\">Accept</button> \
         <button name=\"decision\" value=\"deny\" formnovalidate>Deny</button></p></form>",
        escape(&request.callback_url)
    );
    document(StatusCode::OK, &format!("Authorize {app}"), &main)
}

/// The page that takes the place of a redirect that nobody may trust.
pub(super) fn error(error: &str, description: &str) -> Answer {
    let mut main = String::from("<h1>Something is not right</h1>");
    alert(&mut main, description);
    let _ = write!(main, "<p class=\"meta\">Error: <code>{}</code></p>", escape(error));
    document(StatusCode::BAD_REQUEST, "Error", &main)
}

fn accounts(main: &mut String, shared: &Shared) {
    main.push_str(
        "<p><label for=\"account\">Account</label> <select id=\"account\" name=\"account\" required>",
    );
    let site = shared.tenant.site();
    for user in site.users().iter().filter(|it| it.active) {
        let selected = if user.email == shared.reader { " selected" } else { "" };
        let _ = write!(
            main,
            "<option value=\"{0}\"{selected}>{1} ({0})</option>",
            escape(&user.email),
            escape(&user.display_name),
        );
    }
    main.push_str("</select></p>");
}

fn sites(main: &mut String, shared: &Shared) {
    main.push_str("<fieldset><legend>Use the app on</legend>");
    for (number, tenant) in shared.tenants().enumerate() {
        let checked = if number == 0 { " checked" } else { "" };
        let _ = write!(
            main,
            "<p><input type=\"checkbox\" id=\"site-{number}\" name=\"site\" value=\"{}\"{checked}> \
             <label for=\"site-{number}\">{} <span class=\"meta\">{}</span></label></p>",
            escape(&tenant.cloud_id),
            escape(&tenant.name),
            escape(tenant.url()),
        );
    }
    main.push_str("</fieldset>");
}

fn alert(main: &mut String, text: &str) {
    let _ = write!(main, "<p role=\"alert\">{}</p>", escape(text));
}

/// `title` and `main` are HTML.
fn document(status: StatusCode, title: &str, main: &str) -> Answer {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} – Atlassian sandbox</title>\
         <link rel=\"stylesheet\" href=\"{}\"></head><body class=\"consent\"><main>{main}</main>\
         <footer>An embedded sandbox, not Atlassian. There are no passwords: be whom you \
         like.</footer></body></html>",
        web::SHEET
    );
    web::guarded(Answer::new(status, Content::Html(html)), POLICY)
        .with_header(header::CACHE_CONTROL, "no-store")
}
