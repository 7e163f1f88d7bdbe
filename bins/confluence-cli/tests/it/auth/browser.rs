//! A browser, as much of one as a sign-in takes: plain HTTP, and a form that is filled in.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use url::{Url, form_urlencoded};

/// No page takes longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_mins(1);

/// A page, and what came with it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (it, value) = line.split_once(':')?;
            it.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// What stands in the page after `before`, up to the next quotation mark.
    fn value(&self, before: &str) -> &str {
        let (_, rest) = self.body.split_once(before).expect("the form has it");
        rest.split_once('"').expect("it ends").0
    }
}

/// Opens a page.
pub(crate) fn open(url: &str) -> Page {
    request("GET", url, "", "")
}

/// Sends a request; no redirect is followed.
pub(crate) fn request(method: &str, url: &str, headers: &str, body: &str) -> Page {
    let url: Url = url.parse().unwrap();
    let authority = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut stream = TcpStream::connect(&authority).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Page { status, head: head.to_owned(), body: body.to_owned() }
}

/// Decides on the consent screen; where the browser is sent back to.
pub(crate) fn decide(authorize: &str, accept: bool) -> String {
    let screen = open(authorize);
    assert_eq!(screen.status, 200, "{screen:?}");
    let cookie = screen.header("set-cookie").expect("a cookie").split(';').next().unwrap();
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("screen", screen.value("name=\"screen\" value=\""))
        .append_pair("account", "demo@example.com")
        .append_pair("site", screen.value("name=\"site\" value=\""))
        .append_pair("decision", if accept { "accept" } else { "deny" })
        .finish();
    let headers =
        format!("Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let url: Url = authorize.parse().unwrap();
    let target = url.join("/authorize").unwrap();
    let answer = request("POST", target.as_str(), &headers, &form);
    answer.header("location").expect("it leads back").to_owned()
}
