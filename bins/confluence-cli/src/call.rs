//! One of the twenty-one operations.

use confluence_api::Client;
use confluence_setup::{Chosen, Confluence, Connection};
use confluence_tools::{
    Options, Reader, Success, Surface, call_instruction, call_tool, cli::CommandCall,
};
use serde_json::Value;
use url::Origin;

use crate::{
    all,
    config::{Call, Config, Format},
    confirm,
    dry_run::{self, Caught},
    exit::Exit,
    failed::Failed,
    input,
    output::Output,
};

/// Performs the operation of the command line.
pub(crate) async fn perform(config: &Config, call: Call) -> Result<(), Failed> {
    let Call { mut call, body_file, all, dry_run, yes, origins } = call;
    let surface = Surface { read_only: config.read_only, ..Surface::default() };
    let mut options = Options { surface, reader: Reader::Person, ..Options::default() };
    let mut output = Output::open();
    // A dry run needs no account, unless an address has to be compared with it.
    let chosen = if dry_run && origins.is_empty() { None } else { Some(choose(config).await?) };
    if let Some(chosen) = &chosen {
        check_sites(chosen, &origins)?;
    }
    if let Some(path) = body_file {
        call.set_content(input::read_text(&path, "--body-file")?);
    }
    let Some(chosen) = chosen.filter(|_| !dry_run) else {
        let shown = catch(&call, &options).await?.shown(config.format);
        return Ok(output.text(&shown)?);
    };
    if call.operation.method == "DELETE" && !yes {
        confirm::ask(&catch(&call, &options).await?.line())?;
    }
    let connection = confluence_setup::connect(confluence(config)?, &chosen)?;
    options.credential = connection.credential;
    let client = &connection.client;
    let done = async {
        if all {
            return all::stream(client, call, &options, &mut output).await;
        }
        match config.format {
            Format::Json => {
                let success = raw(client, &call, &options).await?;
                output.json(&success.raw.unwrap_or_default())?;
            }
            Format::Text => {
                let CommandCall { operation, arguments } = call;
                let called = call_tool(client, operation.instruction, arguments, &options).await;
                output.text(&called.result?.text)?;
            }
        }
        Ok(())
    };
    let done = done.await;
    connection.settled().await;
    done
}

/// The configured account, with its client.
pub(crate) async fn connect(config: &Config) -> Result<Connection, Failed> {
    Ok(confluence_setup::connect(confluence(config)?, &choose(config).await?)?)
}

/// Whose account is used.
async fn choose(config: &Config) -> Result<Chosen, Failed> {
    Ok(confluence(config)?.choose().await?)
}

/// The configured Confluence, or what is wrong with the configuration.
pub(crate) fn confluence(config: &Config) -> Result<&Confluence, Failed> {
    config.confluence.as_ref().map_err(Failed::from)
}

/// Calls an operation for Confluence's own JSON.
pub(crate) async fn raw(
    client: &Client,
    call: &CommandCall,
    options: &Options,
) -> Result<Success, Failed> {
    let name = call.operation.instruction;
    Ok(call_instruction(client, name, call.arguments.clone(), options).await.result?)
}

/// The request that a call makes, without sending it.
async fn catch(call: &CommandCall, options: &Options) -> Result<Caught, Failed> {
    let (client, catcher) = dry_run::client();
    let mut call = call.clone();
    if call.operation.instruction == "updatePage" {
        // Nothing is read, so that nothing can be compared: what is shown is the write alone.
        call.arguments.insert("allowLoss".to_owned(), Value::Bool(true));
    }
    let called = raw(&client, &call, options).await;
    match (catcher.take(), called) {
        (Some(caught), _) if caught.is_read() && !call.operation.is_read() => {
            Err(Failed::usage(format!(
                "{} reads the page to know what it has to write, and a dry run sends nothing",
                call.operation.instruction
            )))
        }
        (Some(caught), _) => Ok(caught),
        (None, Err(failed)) => Err(failed),
        (None, Ok(_)) => Err(Failed::new(Exit::Error, "the operation makes no request")),
    }
}

/// Refuses addresses of other sites: the same number is another page there.
fn check_sites(chosen: &Chosen, origins: &[Origin]) -> Result<(), Failed> {
    if origins.is_empty() {
        return Ok(());
    }
    let (location, signed_in) = match chosen {
        Chosen::Account(account) => (&account.location, None),
        Chosen::SignedIn(user) => (&user.location, user.site.as_ref()),
        Chosen::Sandbox { .. } => {
            let loopback =
                |it: &Origin| matches!(it, Origin::Tuple(_, host, _) if is_loopback(host));
            return match origins.iter().find(|it| !loopback(it)) {
                Some(origin) => Err(other_site(origin, "the sandbox")),
                None => Ok(()),
            };
        }
    };
    let site = match signed_in {
        Some(url) => Some(url.origin()),
        None => location.site.as_ref().map(|it| it.root().origin()),
    };
    let base = location.endpoints.api.as_ref().map(|it| it.as_url().origin());
    if site.is_none() && base.is_none() {
        return Err(Failed::usage(
            "only the cloud id is configured, so nobody can tell whether the address of the page is \
             of that site: set --site (CONFLUENCE_SITE) as well, or give the page's id",
        ));
    }
    let known = |it: &&Origin| Some(*it) != site.as_ref() && Some(*it) != base.as_ref();
    match origins.iter().find(known) {
        Some(origin) => {
            let configured = site.or(base).map(|it| it.ascii_serialization());
            Err(other_site(origin, &configured.unwrap_or_default()))
        }
        None => Ok(()),
    }
}

fn other_site(origin: &Origin, configured: &str) -> Failed {
    Failed::usage(format!(
        "the page is on {}, but {configured} is configured: a page's number means another page there",
        origin.ascii_serialization()
    ))
}

fn is_loopback(host: &url::Host) -> bool {
    match host {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    }
}
