//! The MCP face of the catalog, for every transport and every revision of the protocol.

use std::{panic::AssertUnwindSafe, sync::Arc};

use confluence_api::text::excerpt;
use confluence_tools::INSTRUCTIONS;
use futures::FutureExt;
use http::request::Parts;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, DiscoverResult,
        ErrorCode, Extensions, Implementation, InitializeRequestParams, InitializeResult,
        ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig,
    },
    service::RequestContext,
};
use serde_json::Value;

use crate::{
    CallContext, NAME,
    call::{BoundedCalls, present},
    connecting::{self, Asked, Connecting},
    listing,
};

/// Answers MCP requests.
#[derive(Debug, Clone)]
pub(crate) struct McpHandler {
    calls: Arc<BoundedCalls>,
    /// `None` where nobody is asked to connect.
    connecting: Option<Connecting>,
}

impl McpHandler {
    pub(crate) fn new(calls: Arc<BoundedCalls>, connecting: Option<Connecting>) -> Self {
        Self { calls, connecting }
    }

    /// What asks the user of a call to connect, if its client can do that and has not yet.
    fn asking(
        &self,
        call: &CallContext,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<Option<(&Connecting, Asked)>, ErrorData> {
        let Some(connecting) = self.connecting.as_ref().filter(|_| is_stateless(context)) else {
            return Ok(None);
        };
        let asked = Asked::of(call, request);
        let was_asked = connecting.was_asked(&asked, request)?;
        let can_ask = connecting::opens_pages(context.client_capabilities().as_ref());
        Ok((can_ask && !was_asked).then_some((connecting, asked)))
    }
}

impl ServerHandler for McpHandler {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new(NAME, env!("CARGO_PKG_VERSION")).with_title("Confluence");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
            .with_instructions(INSTRUCTIONS)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let result = self.negotiate_initialize(&request)?;
        // Later requests of the connection are answered in the revision that was agreed upon.
        let mut agreed = request;
        agreed.protocol_version = result.protocol_version.clone();
        context.peer.set_peer_info(agreed);
        Ok(result)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let result = DiscoverResult::from_server_info(versions, self.get_info());
        Ok(result.with_ttl_ms(listing::FRESH_MILLISECONDS))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let surface = self.calls.calls().surface(&call_context(&context.extensions)).await;
        let tools = listing::tools(&surface);
        Ok(if is_stateless(&context) {
            listing::answer(tools)
        } else {
            ListToolsResult::with_all_items(tools)
        })
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let call = call_context(&context.extensions);
        let asking = self.asking(&call, &request, &context)?;
        let arguments = request.arguments.unwrap_or_default();
        let call = AssertUnwindSafe(self.calls.run(call, &request.name, arguments)).catch_unwind();
        tokio::select! {
            result = call => match result {
                Ok(result) => Ok(match (asking, connecting::link(&result)) {
                    (Some((connecting, asked)), Some(link)) => {
                        connecting.question(&asked, link).into()
                    }
                    (_, _) => present(result).into(),
                }),
                // Without an answer the client would wait for ever.
                Err(_panic) => Err(ErrorData::internal_error("the call failed unexpectedly", None)),
            },
            // The client gave up, by message or by closing the connection.
            () = context.ct.cancelled() => {
                Err(ErrorData::internal_error("the call was cancelled", None))
            }
        }
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        // The MCP library takes a known method with wrong params for an unknown one.
        let reason = match request.method.as_str() {
            "tools/call" => wrong_call(request.params.as_ref()),
            "tools/list" | "server/discover" => "`params` has a field of the wrong type",
            "initialize" if !is_stateless(&context) => {
                "`params` must have `protocolVersion`, `capabilities` and `clientInfo`"
            }
            "ping" if !is_stateless(&context) => "`params` has a field of the wrong type",
            _ => {
                let message = format!("unknown method `{}`", excerpt(&request.method, 60));
                return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None));
            }
        };
        Err(ErrorData::invalid_params(format!("{}: {reason}", request.method), None))
    }
}

/// Whether the request stands for itself, as since 2026-07-28.
fn is_stateless(context: &RequestContext<RoleServer>) -> bool {
    // Dates of this form sort as text.
    context
        .protocol_version()
        .is_some_and(|it| it.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// What the endpoint has found out about the request; over standard input there is nothing.
fn call_context(extensions: &Extensions) -> CallContext {
    let context = extensions.get::<Parts>().and_then(|it| it.extensions.get::<CallContext>());
    context.cloned().unwrap_or_else(CallContext::single_user)
}

fn wrong_call(params: Option<&Value>) -> &'static str {
    let Some(params) = params.and_then(Value::as_object) else {
        return "`params` with `name` and `arguments` are missing";
    };
    match (params.get("name"), params.get("arguments")) {
        (Some(Value::String(_)), Some(arguments)) if !arguments.is_object() => {
            "`arguments` must be an object"
        }
        (Some(Value::String(_)), _) => "`params` has a field of the wrong type",
        (_, _) => "`name` must be the name of a tool",
    }
}
