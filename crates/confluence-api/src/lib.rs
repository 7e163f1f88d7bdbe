#![doc = include_str!("../README.md")]

pub mod attachments;
pub mod body;
pub mod comments;
pub mod content;
pub mod id;
pub mod labels;
pub mod pages;
pub mod scope;
pub mod search;
pub mod sites;
pub mod spaces;
pub mod text;
pub mod transport;
pub mod users;
pub mod versions;

mod answer;
mod client;
mod credentials;
mod endpoint;
mod error;
mod lenient;
mod paging;
mod rate_limit;
mod refusal;
mod retry;
mod word;

pub use answer::{Answer, cursor_of};
pub use client::{Client, DEFAULT_TIMEOUT, send_once};
pub use credentials::{
    Authorized, Credentials, CredentialsError, LoginLink, Rejected, RejectedAnswer,
};
pub use endpoint::{Endpoint, NoContent, Query};
pub use error::{ApiError, ApiErrorKind, BoxError, Error};
pub use paging::{Links, List, Page};
pub use rate_limit::{Pacer, RateLimit};
pub use transport::{HttpTransport, HttpTransportOptions, Transport, TransportError};
pub use word::UnknownWord;
