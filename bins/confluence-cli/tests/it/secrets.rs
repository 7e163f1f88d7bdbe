//! Secrets appear nowhere: not in what is written, not in a log at its loudest.

use base64::prelude::{BASE64_STANDARD, Engine};
use confluence_sandbox::{Account, Fault, Sandbox};

use crate::process::{PAGE, Rig, run};

const EMAIL: &str = "planted-mail@example.com";
const TOKEN: &str = "planted-api-token";

/// Everything that may be asked to speak.
const LOUDEST: &str = "trace,hyper=trace,hyper_util=trace,reqwest=trace,h2=trace,rustls=trace,\
                       tokio=trace,mio=trace,want=trace";

#[test]
fn no_secret_is_told() {
    let builder = Sandbox::builder()
        .account(Account::new("557058:planted", EMAIL, "Ada"))
        .api_token(EMAIL, TOKEN);
    let rig = Rig::start(builder);
    let basic = BASE64_STANDARD.encode(format!("{EMAIL}:{TOKEN}"));
    let quiet = |arguments: &[&str]| {
        for (format, log) in [("text", "text"), ("json", "json")] {
            let mut command = rig.command(arguments);
            command.env("CONFLUENCE_EMAIL", EMAIL).env("CONFLUENCE_API_TOKEN", TOKEN);
            command.env("CONFLUENCE_LOG", LOUDEST).env("CONFLUENCE_LOG_FORMAT", log);
            let ended = run(command.args(["--output", format]));
            for secret in [EMAIL, TOKEN, &basic] {
                let told = format!("{}{}", ended.stdout, ended.stderr);
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
    };
    let every = [
        &["doctor"][..],
        &["pages", "get", PAGE],
        &["pages", "list", "--all", "--limit=50"],
        &["pages", "delete", PAGE, "--dry-run"],
        &["pages", "delete", PAGE],
        &["api", "GET", "/wiki/api/v2/spaces"],
        &["api", "GET", "https://planted-host/wiki/"],
        &["--help"],
    ];
    for arguments in every {
        quiet(arguments);
    }
    rig.sandbox.faults().inject(Fault::HtmlPage { status: 401 }.everywhere());
    for arguments in every {
        quiet(arguments);
    }
    rig.sandbox.faults().clear();
    rig.sandbox.faults().inject(Fault::Disconnect.everywhere());
    quiet(&["spaces", "list"]);
}

#[test]
fn a_secret_as_an_argument_is_refused() {
    let rig = Rig::demo();
    for arguments in
        [&["--api-token=planted", "spaces", "list"], &["spaces", "list", "--access-token=planted"]]
    {
        let (code, told) = rig.failure(arguments);
        assert_eq!(code, 2, "{told}");
        assert!(!told.contains("planted"), "{told}");
    }
}
