use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretBox};

use super::{InvalidTicket, TICKET_TIME, Ticket, TicketKey};
use crate::connection::ConnectionKey;

fn key(byte: u8) -> TicketKey {
    TicketKey::derive(&SecretBox::new(Box::new([byte; 32])))
}

fn ticket(now: Timestamp) -> Ticket {
    let connection = ConnectionKey {
        workspace: "acme".parse().unwrap(),
        instance: "ConfluenceNext".parse().unwrap(),
        user: "ada@example.com".parse().unwrap(),
    };
    Ticket::new(connection, Some("agent-1".parse().unwrap()), now)
}

fn now() -> Timestamp {
    "2026-11-27T10:00:00Z".parse().unwrap()
}

#[test]
fn a_ticket_that_was_changed_in_any_place_is_forged() {
    let text = key(1).seal(&ticket(now()));
    let text = text.expose_secret();
    for index in 0..text.len() {
        let mut changed = text.to_owned().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(key(1).open(&changed, now()), Err(InvalidTicket::Forged), "{index}");
    }
    for cut in 0..text.len() {
        assert_eq!(key(1).open(&text[..cut], now()), Err(InvalidTicket::Forged), "{cut}");
    }
    for other in [format!("{text}="), format!("{text}.x"), format!(" {text}"), "x".repeat(9_999)] {
        assert_eq!(key(1).open(&other, now()), Err(InvalidTicket::Forged));
    }
}

#[test]
fn a_ticket_of_another_deployment_is_forged() {
    let text = key(1).seal(&ticket(now()));
    assert_eq!(key(2).open(text.expose_secret(), now()), Err(InvalidTicket::Forged));
}

#[test]
fn a_ticket_ends_after_ten_minutes() {
    let text = key(1).seal(&ticket(now()));
    let at = |after: Duration| key(1).open(text.expose_secret(), now() + after);
    assert!(at(Duration::from_secs(599)).is_ok());
    assert_eq!(at(TICKET_TIME), Err(InvalidTicket::Expired));
}

#[test]
fn a_ticket_says_for_whom_it_is() {
    let ticket = ticket(now());
    let text = key(1).seal(&ticket);
    assert_eq!(key(1).open(text.expose_secret(), now()).unwrap(), ticket);
    assert!(
        text.expose_secret().bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
    );
    let bare = Ticket { agent: None, ..ticket };
    assert_eq!(key(1).open(key(1).seal(&bare).expose_secret(), now()).unwrap(), bare);
}

#[test]
fn two_tickets_for_the_same_user_are_two() {
    assert_ne!(ticket(now()).id, ticket(now()).id);
}

#[test]
fn the_longest_ids_fit_into_a_ticket() {
    let mut long = ticket(now());
    long.key.workspace = "w".repeat(63).parse().unwrap();
    long.key.instance = "i".repeat(63).parse().unwrap();
    // What JSON has to escape is longest.
    long.key.user = "\"".repeat(256).parse().unwrap();
    long.agent = Some("\\".repeat(256).parse().unwrap());
    let text = key(1).seal(&long);
    assert_eq!(key(1).open(text.expose_secret(), now()).unwrap(), long);
}

#[test]
fn keys_are_not_shown() {
    let shown = format!("{:?}", key(7));
    assert_eq!(shown, "TicketKey");
}
