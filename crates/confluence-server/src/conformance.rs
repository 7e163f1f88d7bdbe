//! The tools that the official conformance suite calls, beside our own. For tests only.
//!
//! The suite asks a server for tools with names and results of its choosing. Everything else they
//! pass through is what ships: connections, gate, endpoint and handler.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult, DiscoverResult,
        InitializeRequestParams, InitializeResult, ListToolsResult, PaginatedRequestParams,
        ServerConfig, Tool,
    },
    service::RequestContext,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Calls, HttpOptions, ServeError, Served, handler::McpHandler, web};

mod dialogues;
mod tools;

use dialogues::Dialogues;

/// Serves as [`serve_http`](crate::serve_http) does, with the suite's tools beside our own.
///
/// # Errors
///
/// As [`serve_http`](crate::serve_http).
pub async fn serve_http(
    listener: TcpListener,
    calls: Arc<dyn Calls>,
    options: HttpOptions,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let served = Served::SingleUser(calls);
    web::serve_http_with(listener, served, options, shutdown, WithFixtures::new).await
}

/// Our handler, with the suite's tools.
#[derive(Clone)]
struct WithFixtures {
    ours: McpHandler,
    dialogues: Arc<Dialogues>,
}

impl WithFixtures {
    fn new(ours: McpHandler) -> Self {
        Self { ours, dialogues: Arc::new(Dialogues::new()) }
    }
}

impl ServerHandler for WithFixtures {
    fn get_info(&self) -> ServerConfig {
        self.ours.get_info()
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        self.ours.initialize(request, context).await
    }

    async fn discover(
        &self,
        context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        self.ours.discover(context).await
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = self.ours.list_tools(request, context).await?;
        list.tools.extend(tools::all());
        Ok(list)
    }

    /// Without this, the library does not compare headers with the arguments that they repeat.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(rounds) = dialogues::rounds(&request.name) {
            return self.dialogues.answer(&rounds, &request, &context);
        }
        if request.name == tools::PROGRESS {
            return tools::report_progress(&context).await.map(Into::into);
        }
        match tools::result(&request.name) {
            Some(result) => Ok(result.into()),
            None => self.ours.call_tool(request, context).await,
        }
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        self.ours.on_custom_request(request, context).await
    }
}
