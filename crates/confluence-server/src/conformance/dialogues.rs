//! The suite's tools that ask the caller before they answer, in one round or several.
//!
//! Nothing is kept between two rounds: which one it is comes back with the answers, sealed.

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock,
        InputRequest, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec,
        SealOptions,
    },
    service::RequestContext,
};
use serde_json::{Value, json};

/// Rounds as JSON, which a constant cannot hold.
type Written = fn() -> Vec<Value>;

/// The tools that ask, and what they ask, round by round.
const DIALOGUES: &[(&str, Written)] = &[
    ("test_input_required_result_elicitation", || vec![json!({ "user_name": name() })]),
    ("test_input_required_result_sampling", || vec![json!({ "capital_question": capital() })]),
    ("test_input_required_result_list_roots", || vec![json!({ "client_roots": roots() })]),
    ("test_input_required_result_request_state", || vec![json!({ "confirm": confirmation() })]),
    ("test_input_required_result_tampered_state", || vec![json!({ "confirm": confirmation() })]),
    ("test_input_required_result_multiple_inputs", || {
        let greeting = completion("Generate a greeting", 50);
        vec![json!({ "user_name": name(), "greeting": greeting, "client_roots": roots() })]
    }),
    ("test_input_required_result_multi_round", || {
        let first = form("Step 1: What is your name?", "name", "string");
        let second = form("Step 2: What is your favorite color?", "color", "string");
        vec![json!({ "step1": first }), json!({ "step2": second })]
    }),
    ("test_input_required_result_capabilities", || {
        vec![json!({ "user_name": name(), "capital_question": capital() })]
    }),
    ("test_missing_capability", || vec![json!({ "capital_question": capital() })]),
    ("test_streaming_elicitation", || vec![json!({ "user_name": name() })]),
];

/// Seals what nobody but this test server believes.
const KEY: &[u8] = b"a key of the conformance tests, known to everybody";

/// What is asked in one round.
type Round = InputRequests;

/// The names of the tools that ask.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    DIALOGUES.iter().map(|(name, _)| *name)
}

/// What the tool `name` asks, round by round.
pub(super) fn rounds(name: &str) -> Option<Vec<Round>> {
    let (_, rounds) = DIALOGUES.iter().find(|(it, _)| *it == name)?;
    let read = |round| serde_json::from_value(round).expect("rounds are requests for input");
    Some(rounds().into_iter().map(read).collect())
}

/// Leads the dialogues.
pub(super) struct Dialogues {
    codec: RequestStateCodec,
}

impl Dialogues {
    pub(super) fn new() -> Self {
        Self { codec: RequestStateCodec::try_new(KEY).expect("the key is long enough") }
    }

    /// Asks again what is open, else asks what is next, else answers.
    pub(super) fn answer(
        &self,
        rounds: &[Round],
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let mut round = match &request.request_state {
            Some(state) => self.open(&request.name, state)?,
            None => 0,
        };
        let asked = rounds.get(round).cloned().unwrap_or_default();
        let answers = request.input_responses.as_ref();
        if answers.is_some_and(|answers| asked.iter().all(|it| is_answered(it, answers))) {
            round += 1;
        }
        let Some(asked) = rounds.get(round) else {
            let state = if request.request_state.is_some() { "state-ok" } else { "no state" };
            let text = format!("Thank you ({state}): {}", json!(answers));
            return Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into());
        };
        let able = json!(context.client_capabilities().unwrap_or_default());
        let mut asked = asked.clone();
        asked.retain(|_, it| able.get(capability(it)).is_some());
        if asked.is_empty() {
            return Err(ErrorData::missing_required_client_capability(needed(&rounds[round])));
        }
        let state = self.seal(&request.name, round);
        Ok(InputRequiredResult::new(Some(asked), Some(state)).into())
    }

    /// The number of a round, as only this tool takes it back.
    fn seal(&self, tool: &str, round: usize) -> String {
        let bound = SealOptions::new().associated_data(tool.as_bytes());
        self.codec.seal_with(round.to_string().as_bytes(), &bound)
    }

    fn open(&self, tool: &str, state: &str) -> Result<usize, ErrorData> {
        let opened = self.codec.open_with(state, tool.as_bytes());
        let opened = opened.map_err(|error| ErrorData::invalid_params(error.to_string(), None))?;
        let round = std::str::from_utf8(&opened).ok().and_then(|it| it.parse().ok());
        Ok(round.expect("what is sealed is a number"))
    }
}

/// Whether the answer to a question is there, and is one.
fn is_answered((key, question): (&String, &InputRequest), answers: &InputResponses) -> bool {
    let answer = answers.get(key).unwrap_or(&Value::Null);
    match question {
        InputRequest::Elicitation(_) => {
            answer["action"] == "accept" && answer["content"].is_object()
        }
        InputRequest::CreateMessage(_) => answer["content"].is_object(),
        InputRequest::ListRoots(_) => answer["roots"].is_array(),
        _ => false,
    }
}

/// What a client must be capable of to be asked that.
fn capability(question: &InputRequest) -> &'static str {
    match question {
        InputRequest::Elicitation(_) => "elicitation",
        InputRequest::CreateMessage(_) => "sampling",
        InputRequest::ListRoots(_) => "roots",
        _ => "nothing that the suite knows",
    }
}

/// What a client must be capable of for `round`.
fn needed(round: &Round) -> ClientCapabilities {
    let needed: Value = round.values().map(|it| (capability(it).to_owned(), json!({}))).collect();
    serde_json::from_value(needed).expect("capabilities are objects")
}

fn name() -> Value {
    form("What is your name?", "name", "string")
}

fn confirmation() -> Value {
    form("Please confirm", "ok", "boolean")
}

fn capital() -> Value {
    completion("What is the capital of France?", 100)
}

fn form(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({
        "type": "object",
        "properties": { field: { "type": kind } },
        "required": [field],
    });
    let params = json!({ "message": message, "requestedSchema": schema });
    json!({ "method": "elicitation/create", "params": params })
}

fn completion(prompt: &str, tokens: u32) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    let params = json!({ "messages": [message], "maxTokens": tokens });
    json!({ "method": "sampling/createMessage", "params": params })
}

fn roots() -> Value {
    json!({ "method": "roots/list", "params": {} })
}
