//! Asking a user to connect, where the client can open a page: the call is answered with a question,
//! and repeated by the client once the user has been there.
//!
//! What the client gives back says only that it was asked already. It is signed and bound to the
//! caller and the call, so that nobody gets past a question with another's answer.

use std::{collections::BTreeMap, fmt, time::Duration};

use confluence_api::LoginLink;
use confluence_tools::Failure;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ElicitRequest, ElicitRequestParams, ErrorData,
    InputRequest, InputRequiredResult, RequestStateCodec, SealOptions,
};
use secrecy::{ExposeSecret, SecretBox};

use crate::CallContext;

/// Names the question in what goes to the client and comes back.
const QUESTION: &str = "connect";

/// How long the client may take to come back: as long as the link works.
const ANSWERED_WITHIN: Duration = Duration::from_mins(10);

/// What users are asked.
const MESSAGE: &str = "Confluence is not connected for you yet. Open the page to connect your Atlassian account, then come back.";

/// Asks users to connect.
#[derive(Clone)]
pub(crate) struct Connecting {
    states: RequestStateCodec,
}

impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connecting")
    }
}

/// A call as far as a question belongs to it.
#[derive(Debug)]
pub(crate) struct Asked(Vec<u8>);

impl Connecting {
    /// Signs with `key`, which every replica has.
    pub(crate) fn new(key: &SecretBox<[u8; 32]>) -> Self {
        let states = RequestStateCodec::try_new(key.expose_secret().as_slice());
        Self { states: states.expect("32 bytes are enough") }
    }

    /// Whether the question has been asked before this call.
    ///
    /// # Errors
    ///
    /// Fails when what the client gives back is not for this call.
    pub(crate) fn was_asked(
        &self,
        asked: &Asked,
        params: &CallToolRequestParams,
    ) -> Result<bool, ErrorData> {
        let Some(state) = &params.request_state else { return Ok(false) };
        self.states.open_with(state, &asked.0).map(|_| true).map_err(|_invalid| {
            let reason = "tools/call: `requestState` is not of this call, or has expired: make the call anew, without it";
            ErrorData::invalid_params(reason, None)
        })
    }

    /// The question for the user.
    pub(crate) fn question(&self, asked: &Asked, link: &LoginLink) -> InputRequiredResult {
        let question = ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: MESSAGE.to_owned(),
            url: link.0.to_string(),
            // Only revisions that have no such question want it.
            elicitation_id: String::new(),
        };
        let question = InputRequest::Elicitation(ElicitRequest::new(question));
        let options = SealOptions::new().associated_data(&asked.0).ttl(ANSWERED_WITHIN);
        let state = self.states.seal_with(QUESTION.as_bytes(), &options);
        let questions = BTreeMap::from([(QUESTION.to_owned(), question)]);
        InputRequiredResult::new(Some(questions), Some(state))
    }
}

impl Asked {
    /// The call of `params` in its context.
    pub(crate) fn of(context: &CallContext, params: &CallToolRequestParams) -> Self {
        let key = context.key.as_ref().map(|it| it.id.as_str());
        let agent = context.asserted.agent_header.as_deref();
        let instance = context.instance.to_string();
        let call = (instance, key, agent, params.name.as_ref(), &params.arguments);
        Self(serde_json::to_vec(&call).expect("a call has only text as keys"))
    }
}

/// Whether a client can show a user a page and come back.
pub(crate) fn opens_pages(capabilities: Option<&ClientCapabilities>) -> bool {
    let elicitation = capabilities.and_then(|it| it.elicitation.as_ref());
    elicitation.is_some_and(|it| it.url.is_some())
}

/// Where a call that failed would have a user connect.
pub(crate) fn link<T>(result: &Result<T, Failure>) -> Option<&LoginLink> {
    result.as_ref().err().and_then(|failure| failure.login.as_ref())
}
