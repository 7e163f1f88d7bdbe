//! Actions, and the catalog of the tools that they make up.

use std::sync::{Arc, OnceLock};

use confluence_api::{Client, scope::Scope};
use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    arguments::{self, OutputFormat},
    attachments::AttachmentsAction,
    call::{Call, Success},
    comments::CommentsAction,
    content::ContentAction,
    failure::{self, Failure},
    gate::Gate,
    labels::LabelsAction,
    operation::{Operation, Surface},
    pages::PagesAction,
    render::Reader,
    schema::{self, ToolSchema},
    search::SearchAction,
    spaces::SpacesAction,
    versions::VersionsAction,
};

/// The actions of one tool: an enum with one variant per action.
///
/// Its variants' arguments are the input (serde) and the schema (schemars).
pub(crate) trait Action: DeserializeOwned + JsonSchema + Send + 'static {
    /// The tool's name.
    const TOOL: &'static str;
    /// What the tool is for, for a model.
    const DESCRIPTION: &'static str;

    /// Performs the action.
    fn run(self, call: &Call<'_>) -> impl Future<Output = Result<Success, Failure>> + Send;
}

/// One of the eight tools.
pub struct Tool {
    /// Its name, unique in the catalog.
    pub name: &'static str,
    /// What it is for, for a model.
    pub description: &'static str,
    schema: OnceLock<ToolSchema>,
    generate: fn() -> ToolSchema,
    run: RunFn,
}

type RunFn = for<'a> fn(
    &'a Call<'a>,
    &'a schema::ActionSchema,
    Map<String, Value>,
) -> BoxFuture<'a, Result<Success, Failure>>;

impl std::fmt::Debug for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tool").field("name", &self.name).finish_non_exhaustive()
    }
}

static CATALOG: [Tool; 8] = [
    Tool::of::<PagesAction>(),
    Tool::of::<SpacesAction>(),
    Tool::of::<SearchAction>(),
    Tool::of::<ContentAction>(),
    Tool::of::<CommentsAction>(),
    Tool::of::<LabelsAction>(),
    Tool::of::<AttachmentsAction>(),
    Tool::of::<VersionsAction>(),
];

/// Every tool. A new tool is a new line here.
pub fn catalog() -> &'static [Tool] {
    &CATALOG
}

impl Tool {
    const fn of<A: Action>() -> Self {
        Self {
            name: A::TOOL,
            description: A::DESCRIPTION,
            schema: OnceLock::new(),
            generate: schema::of::<A>,
            run: run::<A>,
        }
    }

    fn parts(&self) -> &ToolSchema {
        self.schema.get_or_init(self.generate)
    }

    /// JSON Schema of the arguments: a flat object without `oneOf` at its root, with the actions
    /// that are on `surface`. `None` if there are none.
    pub fn schema(&self, surface: &Surface) -> Option<Map<String, Value>> {
        let actions: Vec<_> = surface.operations(self.name).map(|it| it.action).collect();
        (!actions.is_empty()).then(|| schema::flat(self.parts(), &actions))
    }

    /// Names of the arguments that `action` takes.
    pub fn arguments(&self, action: &str) -> Option<Vec<String>> {
        Some(self.parts().action(action)?.properties.keys().cloned().collect())
    }

    /// What the actions on `surface` can do to the site.
    pub fn hints(&self, surface: &Surface) -> Hints {
        let mut writes = surface.operations(self.name).filter(|it| !it.is_read()).peekable();
        Hints {
            read_only: writes.peek().is_none(),
            destructive: writes.any(|it| it.effect == crate::Effect::Destroy),
        }
    }
}

/// What a tool can do to the site, as MCP's annotations say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hints {
    /// No action changes anything.
    pub read_only: bool,
    /// Some action removes or replaces something.
    pub destructive: bool,
}

fn run<'a, A: Action>(
    call: &'a Call<'a>,
    schema: &'a schema::ActionSchema,
    arguments: Map<String, Value>,
) -> BoxFuture<'a, Result<Success, Failure>> {
    Box::pin(async move {
        let action: A = arguments::parse(call.operation, schema, arguments)?;
        action.run(call).await
    })
}

/// How calls are made on behalf of one caller.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the caller may use.
    pub surface: Surface,
    /// What kind of credential stands behind the client, for advice in error texts.
    pub credential: CredentialKind,
    /// Who reads the texts.
    pub reader: Reader,
    /// Knows which spaces are closed to the caller, if any are.
    pub gate: Option<Arc<dyn Gate>>,
}

/// What kind of credential a client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CredentialKind {
    /// An API token, kept by whoever runs the connector.
    #[default]
    ApiToken,
    /// An access token, kept by whoever runs the connector.
    AccessToken,
    /// A connection that the user made by signing in.
    OAuth,
    /// A connection that the user made by signing in on the command line.
    Profile,
}

/// A finished call.
#[derive(Debug)]
pub struct Outcome {
    /// What was called, if that is known.
    pub operation: Option<&'static Operation>,
    /// What came of it.
    pub result: Result<Success, Failure>,
}

/// Calls a tool, or an instruction by its name.
///
/// `arguments` must be free of what platforms inject: see [`crate::take_injected`].
pub async fn call_tool(
    client: &Client,
    name: &str,
    mut arguments: Map<String, Value>,
    options: &Options,
) -> Outcome {
    let operation = match find(name, &mut arguments, options) {
        Ok(operation) => operation,
        Err(failure) => return Outcome { operation: None, result: Err(failure) },
    };
    let result = async {
        let output = arguments::take_output(operation.tool, &mut arguments)?;
        perform(client, operation, arguments, options, Some(output)).await
    };
    Outcome { operation: Some(operation), result: result.await }
}

/// Calls an instruction: JSON arguments in, Confluence's own JSON out.
pub async fn call_instruction(
    client: &Client,
    name: &str,
    arguments: Map<String, Value>,
    options: &Options,
) -> Outcome {
    let Some(operation) = Operation::by_instruction(name) else {
        return Outcome { operation: None, result: Err(failure::unknown_instruction(name)) };
    };
    let result = match options.surface.excludes(operation) {
        Some(exclusion) => Err(failure::excluded(operation, exclusion, options)),
        None => perform(client, operation, arguments, options, None).await,
    };
    Outcome { operation: Some(operation), result }
}

async fn perform(
    client: &Client,
    operation: &'static Operation,
    arguments: Map<String, Value>,
    options: &Options,
    output: Option<OutputFormat>,
) -> Result<Success, Failure> {
    let tool = CATALOG.iter().find(|tool| tool.name == operation.tool);
    let tool = tool.expect("the operation table names only tools of the catalog");
    let schema = tool.parts().action(operation.action);
    let schema = schema.expect("the operation table names only actions of the tool");
    let call = Call::new(client, operation, options, output);
    (tool.run)(&call, schema, arguments).await
}

/// Which operation a call means.
fn find(
    name: &str,
    arguments: &mut Map<String, Value>,
    options: &Options,
) -> Result<&'static Operation, Failure> {
    let surface = &options.surface;
    let operation = if CATALOG.iter().any(|tool| tool.name == name) {
        let action = match arguments.shift_remove("action") {
            None | Some(Value::Null) => return Err(failure::missing_action(name, surface)),
            Some(Value::String(action)) => action,
            Some(other) => return Err(failure::unknown_action(name, &other.to_string(), surface)),
        };
        Operation::of(name, &action)
            .ok_or_else(|| failure::unknown_action(name, &action, surface))?
    } else {
        let operation =
            Operation::by_instruction(name).ok_or_else(|| failure::unknown_tool(name))?;
        // A model that calls an instruction as a tool may still name the action.
        if arguments.get("action").and_then(Value::as_str) == Some(operation.action) {
            arguments.shift_remove("action");
        }
        operation
    };
    match surface.excludes(operation) {
        Some(exclusion) => Err(failure::excluded(operation, exclusion, options)),
        None => Ok(operation),
    }
}

/// The scopes that all operations of the catalog need, without duplicates.
pub fn needed_scopes(read_only: bool) -> Vec<Scope> {
    let surface = Surface { read_only, ..Surface::default() };
    let used = |scope: &&Scope| {
        crate::OPERATIONS
            .iter()
            .any(|it| surface.excludes(it).is_none() && it.scopes.contains(scope))
    };
    Scope::ALL.iter().filter(used).copied().collect()
}
