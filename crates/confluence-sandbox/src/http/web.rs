//! Readable web pages behind the links that answers contain.
//!
//! No scripts, no forms, nothing from elsewhere: a strict content security policy says so, and
//! every text is escaped. They show what the sandbox's default account may see.

mod sheet;

use std::{fmt::Write, sync::Arc};

use axum::http::{HeaderName, StatusCode, header};
use jiff::Timestamp;

use crate::{
    site::{Comment, ContentId, Page, Site, Space, Status, User, escape},
    state::Shared,
};

use super::{
    answer::{Answer, Content},
    failure::{Failure, FailureBody},
    links, media,
    query::Query,
    rendering,
};

/// Forbids everything but the style sheet and images.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Address of the style sheet.
pub(super) const SHEET: &str = "/wiki/sandbox.css";

/// Most entries of a list on a web page.
const MOST_ENTRIES: usize = 500;

pub(super) fn page(shared: &Shared, path: &str, query: &str) -> Result<Answer, Failure> {
    if path.starts_with("/wiki/download/") {
        // The servlet that attachments once came from takes no API tokens any more.
        let realm = format!("OAuth realm=\"{}\"", shared.tenant.link_base);
        let refusal = Answer::new(StatusCode::UNAUTHORIZED, Content::Nothing);
        return Ok(refusal.with_header(header::WWW_AUTHENTICATE, &realm));
    }
    let site = shared.tenant.site();
    let reader = site.user_by_email(&shared.reader).ok_or_else(not_found)?;
    let web = Web { shared, site: &site, reader, now: shared.clock.now() };
    let query = Query::parse(query);
    let id_in = |name: &str| query.get(name).and_then(|it| it.parse().ok());
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match *segments.as_slice() {
        [""] => Ok(redirect("/wiki")),
        ["wiki"] => Ok(web.start()),
        ["wiki", "sandbox.css"] => {
            Ok(guarded(Answer::new(StatusCode::OK, Content::Css(sheet::CSS)), POLICY))
        }
        ["wiki", "spaces", key] | ["wiki", "spaces", key, "overview" | "pages"] => web.space(key),
        ["wiki", "spaces", _, "pages" | "folder", id, ..] => {
            web.entry(id.parse().ok().ok_or_else(not_found)?)
        }
        ["wiki", "people", account] => web.person(account),
        ["wiki", "x", short] => {
            let id = links::tiny_id(short).ok_or_else(not_found)?;
            let page = web.visible(id).ok_or_else(not_found)?;
            Ok(redirect(&format!("/wiki{}", links::web(&site, page))))
        }
        ["wiki", "pages", "viewpage.action" | "viewpageattachments.action"] => {
            web.entry(id_in("pageId").ok_or_else(not_found)?)
        }
        ["wiki", "pages", "resumedraft.action"] => {
            web.entry(id_in("draftId").ok_or_else(not_found)?)
        }
        _ => Err(not_found()),
    }
}

struct Web<'a> {
    shared: &'a Shared,
    site: &'a Site,
    reader: Arc<User>,
    now: Timestamp,
}

impl<'a> Web<'a> {
    fn visible(&self, id: ContentId) -> Option<&'a Page> {
        self.site.entry(id).filter(|it| self.site.can_view(&self.reader, it))
    }

    fn start(&self) -> Answer {
        let mut main = String::from("<h1>Spaces</h1><ul>");
        let spaces = self.site.spaces().filter(|it| it.viewers.includes(&self.reader));
        for space in spaces {
            link(&mut main, &links::space(&space.key), &space.name);
        }
        main.push_str("</ul>");
        document("Spaces", "", &main)
    }

    fn space(&self, key: &str) -> Result<Answer, Failure> {
        let space = self
            .site
            .space_by_key(key)
            .filter(|it| it.viewers.includes(&self.reader))
            .ok_or_else(not_found)?;
        let mut main =
            format!("<h1>{}</h1><p>{}</p>", escape(&space.name), escape(&space.description));
        let top = self.site.top_entries().filter(|it| it.space == space.id);
        self.list(&mut main, "Pages", top);
        Ok(document(&space.name, &trail(None, &[]), &main))
    }

    fn entry(&self, id: ContentId) -> Result<Answer, Failure> {
        let page = self.visible(id).ok_or_else(not_found)?;
        let space = self.site.space(page.space);
        let mut above: Vec<(String, &str)> =
            self.site.ancestors(page).map(|it| (links::web(self.site, it), &*it.title)).collect();
        above.reverse();
        let latest = page.latest();
        let author = self.name(&latest.author);
        let mut main = format!("<h1>{}</h1>", escape(&page.title));
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            main,
            "<p class=\"meta\">Version {} by {} on {}{}</p>",
            latest.number,
            escape(&author),
            latest.created_at.strftime("%Y-%m-%d %H:%M UTC"),
            if page.status == Status::Current {
                String::new()
            } else {
                format!(" · {}", page.status.as_str())
            },
        );
        let labels: Vec<String> =
            page.labels.iter().map(|it| format!("<span>{}</span>", escape(&it.name))).collect();
        if !labels.is_empty() {
            let _ = write!(main, "<p class=\"labels\">{}</p>", labels.join(" "));
        }
        let body = rendering::view_in_browser(
            self.shared,
            self.site,
            page,
            &latest.body.storage(),
            self.now,
        );
        let _ = write!(main, "<article>{body}</article>");
        self.list(&mut main, "Below this page", self.site.children(page.id));
        self.files(&mut main, page);
        self.comments(&mut main, page);
        Ok(document(&page.title, &trail(space, &above), &main))
    }

    fn person(&self, account: &str) -> Result<Answer, Failure> {
        let user = self.site.user(account).ok_or_else(not_found)?;
        let main = format!(
            "<h1>{}</h1><p class=\"meta\">{} account, {}</p>",
            escape(&user.display_name),
            if user.active { "Active" } else { "Deactivated" },
            escape(&user.time_zone),
        );
        Ok(document(&user.display_name, &trail(None, &[]), &main))
    }

    fn list<'b>(&self, main: &mut String, title: &str, entries: impl Iterator<Item = &'b Page>) {
        let mut visible = entries
            .filter(|it| it.status == Status::Current && self.site.can_view(&self.reader, it))
            .take(MOST_ENTRIES)
            .peekable();
        if visible.peek().is_none() {
            return;
        }
        let _ = write!(main, "<h2>{title}</h2><ul>");
        for entry in visible {
            link(main, &links::web(self.site, entry), &entry.title);
        }
        main.push_str("</ul>");
    }

    fn files(&self, main: &mut String, page: &Page) {
        let mut files = self.site.attachments(page.id).peekable();
        if files.peek().is_none() {
            return;
        }
        main.push_str("<h2>Attachments</h2><ul>");
        for file in files {
            let address = media::signed(self.shared, file.id, self.now);
            let _ = write!(
                main,
                "<li><a href=\"{}\">{}</a> ({} bytes)</li>",
                escape(&address),
                escape(&file.name),
                file.bytes.len()
            );
        }
        main.push_str("</ul>");
    }

    fn comments(&self, main: &mut String, page: &Page) {
        for (title, inline) in [("Inline comments", true), ("Comments", false)] {
            let mut comments = self.site.root_comments(page.id, inline).peekable();
            if comments.peek().is_none() {
                continue;
            }
            let _ = write!(main, "<h2>{title}</h2>");
            for comment in comments.take(MOST_ENTRIES) {
                self.thread(main, page, comment);
            }
        }
    }

    /// A comment and its answers, without recursion: threads may be deep.
    fn thread(&self, main: &mut String, page: &Page, root: &Comment) {
        let mut waiting = vec![(root, 0_usize)];
        while let Some((comment, depth)) = waiting.pop() {
            let about = comment.inline.as_ref().map_or_else(String::new, |it| {
                format!("<blockquote>{}</blockquote>", escape(&it.selection))
            });
            let body = rendering::view_in_browser(
                self.shared,
                self.site,
                page,
                &comment.body.storage(),
                self.now,
            );
            let _ = write!(
                main,
                "<section class=\"comment depth-{}\" id=\"comment-{}\">{about}<p class=\"meta\">{} · {}\
                 </p>{body}</section>",
                depth.min(4),
                comment.id,
                escape(&self.name(&comment.author)),
                comment.created_at.strftime("%Y-%m-%d %H:%M UTC"),
            );
            let mut replies: Vec<_> =
                self.site.replies(comment.id).map(|it| (it, depth + 1)).collect();
            replies.reverse();
            waiting.extend(replies);
        }
    }

    fn name(&self, account: &str) -> String {
        self.site.user(account).map_or_else(|| account.to_owned(), |it| it.display_name.clone())
    }
}

fn trail(space: Option<&Space>, above: &[(String, &str)]) -> String {
    let mut trail = String::from("<a href=\"/wiki\">Spaces</a>");
    let space = space.map(|it| (links::space(&it.key), it.name.as_str()));
    for (address, title) in space.iter().chain(above) {
        let _ = write!(trail, " / <a href=\"/wiki{}\">{}</a>", escape(address), escape(title));
    }
    trail
}

fn link(list: &mut String, address: &str, title: &str) {
    let _ = write!(list, "<li><a href=\"/wiki{}\">{}</a></li>", escape(address), escape(title));
}

fn document(title: &str, trail: &str, main: &str) -> Answer {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} – Confluence sandbox</title>\
         <link rel=\"stylesheet\" href=\"{SHEET}\"></head><body><nav>{trail}</nav><main>{main}</main>\
         <footer>An embedded sandbox, not Atlassian's Confluence.</footer></body></html>"
    );
    guarded(Answer::new(StatusCode::OK, Content::Html(html)), POLICY)
}

/// The answer with what keeps browsers from doing more with it than showing it.
pub(super) fn guarded(answer: Answer, policy: &str) -> Answer {
    answer
        .with_header(header::CONTENT_SECURITY_POLICY, policy)
        .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with_header(header::REFERRER_POLICY, "no-referrer")
        .with_header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin")
}

fn redirect(location: &str) -> Answer {
    Answer::new(StatusCode::FOUND, Content::Nothing).with_header(header::LOCATION, location)
}

fn not_found() -> Failure {
    let html = "<!doctype html><html lang=\"en\"><head><title>Page not found</title></head><body>\
                <h1>Page not found</h1><p>It does not exist, or the sandbox's default account may \
                not see it.</p></body></html>";
    Failure { status: StatusCode::NOT_FOUND, body: FailureBody::Html(html.to_owned()) }
}
