//! A Chromium of its own for a test, driven over `WebDriver`, and gone with it.

use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver, WebElement,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};
use url::Url;

use crate::support::install_provider;

/// Names the program that drives the browser; `cargo xtask test` finds and names it.
const DRIVER: &str = "CONFLUENCE_CHROMEDRIVER";

/// Names the folder for pictures.
const PICTURES: &str = "CONFLUENCE_SCREENSHOTS";

/// How long anything on a page may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the driver may take to start.
const START: Duration = Duration::from_mins(1);

/// Nothing of the machine's own settings, and no requests of the browser itself.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser.
pub(super) struct Chromium {
    driver: WebDriver,
    pictures: PathBuf,
    name: &'static str,
    _process: Group,
    _profile: TempDir,
}

/// The driver and the browsers that it has started.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // A driver that is killed alone leaves its browser behind.
        if let Some(id) = self.0.id() {
            let group = format!("-{id}");
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &group]).status();
        }
    }
}

fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "says what there is on the machine of a test")]
    let value = std::env::var(name).ok();
    value.filter(|it| !it.is_empty())
}

#[expect(clippy::print_stderr, reason = "what is skipped is said plainly")]
fn skipped() {
    eprintln!("skipped: {DRIVER} names no driver of Chromium; `cargo xtask test` finds it");
}

impl Chromium {
    /// A browser whose pictures begin with `name`; `None` where none is named, which has been said.
    pub(super) async fn start(name: &'static str) -> Option<Self> {
        install_provider();
        let Some(program) = variable(DRIVER) else {
            skipped();
            return None;
        };
        let mut command = Command::new(program);
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.process_group(0).kill_on_drop(true).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let process = Group(child);
        let mut lines = BufReader::new(output).lines();
        let port = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the driver ended early");
                if let Some((_, port)) = line.split_once("successfully on port ") {
                    return port.trim_end_matches('.').to_owned();
                }
            }
        };
        let port = timeout(START, port).await.expect("the driver takes too long");
        // Else the driver waits for somebody to read what it says.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });

        let profile = tempfile::tempdir().unwrap();
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument).unwrap();
        }
        let folder = format!("--user-data-dir={}", profile.path().display());
        capabilities.add_arg(&folder).unwrap();
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let server = format!("http://127.0.0.1:{port}");
        let driver = timeout(START, WebDriver::new(server, capabilities)).await;
        let driver = driver.expect("the browser takes too long").unwrap();
        let pictures = variable(PICTURES).map_or_else(
            || PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots"),
            PathBuf::from,
        );
        std::fs::create_dir_all(&pictures).unwrap();
        let it = Self { driver, pictures, name, _process: process, _profile: profile };
        it.resize(1280, 900).await;
        Some(it)
    }

    /// Ends it, once nothing on any page was forbidden by a policy.
    pub(super) async fn end(self) {
        for entry in self.driver.browser_log().await.unwrap() {
            let forbidden = ["Content Security Policy", "Refused to", "Mixed Content"];
            let is_fine = !forbidden.iter().any(|it| entry.message.contains(it));
            assert!(is_fine, "{}: {}", entry.level, entry.message);
        }
        self.driver.quit().await.unwrap();
    }

    pub(super) async fn open(&self, address: &str) {
        self.driver.goto(address).await.unwrap();
    }

    pub(super) async fn address(&self) -> Url {
        self.driver.current_url().await.unwrap()
    }

    /// What a script in the page returns.
    pub(super) async fn script(&self, code: &str) -> Value {
        let answer = self.driver.execute(code.to_owned(), Vec::new()).await.unwrap();
        answer.json().clone()
    }

    /// Waits until there is something that `selector` names.
    async fn find(&self, by: By) -> WebElement {
        let found = async {
            loop {
                if let Ok(found) = self.driver.find(by.clone()).await {
                    return found;
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        let Ok(found) = timeout(PATIENCE, found).await else {
            panic!("no {by:?} at {}: {}", self.address().await, self.text().await);
        };
        found
    }

    pub(super) async fn click(&self, selector: &str) {
        let element = self.find(By::Css(selector.to_owned())).await;
        element.scroll_into_view().await.unwrap();
        element.click().await.unwrap();
    }

    /// Presses the button with that text in a part of the page.
    pub(super) async fn press(&self, part: &str, text: &str) {
        let path =
            format!("//*[@id='{part}']//*[self::button or self::a][normalize-space()='{text}']");
        let element = self.find(By::XPath(path)).await;
        element.scroll_into_view().await.unwrap();
        element.click().await.unwrap();
    }

    /// Types into a field what is to stand there.
    pub(super) async fn fill(&self, selector: &str, text: &str) {
        let element = self.find(By::Css(selector.to_owned())).await;
        element.scroll_into_view().await.unwrap();
        element.clear().await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    /// The text of an element, as it stands in the document.
    pub(super) async fn content(&self, selector: &str) -> String {
        let element = self.find(By::Css(selector.to_owned())).await;
        element.prop("textContent").await.unwrap().unwrap_or_default()
    }

    /// What can be read on the page.
    pub(super) async fn text(&self) -> String {
        let text = self.script("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says `text`.
    pub(super) async fn reads(&self, text: &str) {
        let said = async {
            while !self.text().await.contains(text) {
                sleep(Duration::from_millis(50)).await;
            }
        };
        let Ok(()) = timeout(PATIENCE, said).await else {
            panic!("nobody says `{text}` at {}: {}", self.address().await, self.text().await);
        };
    }

    pub(super) async fn is_ticked(&self, selector: &str) -> bool {
        self.find(By::Css(selector.to_owned())).await.is_selected().await.unwrap()
    }

    async fn command(&self, method: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(method, parameters).await.unwrap()
    }

    /// Makes the page that large.
    pub(super) async fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Takes pictures of the page: light, dark, and on a narrow screen. Nothing may stick out, and
    /// everything has to have a name for those who do not see it.
    pub(super) async fn look(&self, view: &str) {
        for (kind, width, scheme) in
            [("light", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 390, "light")]
        {
            self.resize(width, 900).await;
            let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
            self.command("Emulation.setEmulatedMedia", json!({ "features": feature })).await;
            let excess = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(self.script(excess).await, 0, "{view} is wider than its {width} pixels");
            // Colours change with a transition.
            sleep(Duration::from_millis(200)).await;
            let height = self.script("return document.documentElement.scrollHeight").await;
            let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
            let picture = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
            let picture = self.command("Page.captureScreenshot", picture).await;
            let picture = picture["data"].as_str().unwrap();
            let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, picture).unwrap();
            let file = format!("{}-{view}-{kind}.png", self.name);
            std::fs::write(self.pictures.join(file), bytes).unwrap();
        }
        self.resize(1280, 900).await;
        let nameless = self.script(NAMELESS).await;
        assert_eq!(nameless, json!([]), "{view}");
    }
}

/// What on a page has no name, an id that something else has, or no language.
const NAMELESS: &str = r#"
    const found = [];
    const name = (it) => [
        it.getAttribute("aria-label"), it.textContent, it.title,
        ...[...(it.labels ?? [])].map((label) => label.textContent),
        ...(it.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent),
    ].some((text) => text?.trim());
    for (const it of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, section, nav, [role=region]")) {
        if (!name(it)) found.push(it.outerHTML);
    }
    const ids = [...document.querySelectorAll("[id]")].map((it) => it.id);
    found.push(...ids.filter((id, index) => ids.indexOf(id) !== index));
    for (const it of document.querySelectorAll("[aria-describedby], [aria-labelledby]")) {
        for (const id of [it.getAttribute("aria-describedby"), it.getAttribute("aria-labelledby")]) {
            for (const one of (id ?? "").split(" ").filter(Boolean)) {
                if (!document.getElementById(one)) found.push(`${one} is not there`);
            }
        }
    }
    if (!document.documentElement.lang) found.push("no language");
    if (document.querySelectorAll("h1").length !== 1) found.push("not one first heading");
    return found;
"#;
