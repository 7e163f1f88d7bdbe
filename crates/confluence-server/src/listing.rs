//! The tool catalog in the words of MCP.

use std::sync::OnceLock;

use confluence_tools::{Surface, catalog};
use rmcp::model::{CacheScope, ListToolsResult, Tool, ToolAnnotations};
use serde_json::Value;

/// How long a client may keep the list.
///
/// It changes only with the caller's scopes or the server's configuration.
pub(crate) const FRESH_MILLISECONDS: u64 = 5 * 60 * 1000;

/// The tools on `surface`.
///
/// Never empty: clients keep the list, and would drop every tool.
pub(crate) fn tools(surface: &Surface) -> Vec<Tool> {
    /// What callers get whose scopes are not known: everything, or everything that reads.
    static KNOWN: [OnceLock<Vec<Tool>>; 2] = [const { OnceLock::new() }; 2];
    let Surface { read_only, granted, closed } = surface;
    if granted.is_none() && closed.is_empty() {
        return KNOWN[usize::from(*read_only)].get_or_init(|| on(surface)).clone();
    }
    let tools = on(surface);
    if tools.is_empty() { on(&Surface::default()) } else { tools }
}

fn on(surface: &Surface) -> Vec<Tool> {
    catalog().iter().filter_map(|tool| tool_on(tool, surface)).collect()
}

fn tool_on(tool: &confluence_tools::Tool, surface: &Surface) -> Option<Tool> {
    let schema = tool.schema(surface)?;
    let hints = tool.hints(surface);
    // No title and no more hints than clients act on: the list is in every model's context.
    let annotations = ToolAnnotations::new()
        .read_only(hints.read_only)
        .destructive(hints.destructive)
        .open_world(true);
    Some(Tool::new(tool.name, tool.description, schema).with_annotations(annotations))
}

/// The answer to `tools/list`, as the newest revision of the protocol has it.
pub(crate) fn answer(tools: Vec<Tool>) -> ListToolsResult {
    ListToolsResult::with_all_items(tools)
        .with_ttl_ms(FRESH_MILLISECONDS)
        .with_cache_scope(CacheScope::Private)
}

/// The `result` of `tools/list` for callers with `surface`.
///
/// This is the longest form, that of the newest revision: older clients get it without
/// `resultType` and the caching hints.
pub fn tools_list(surface: &Surface) -> Value {
    serde_json::to_value(answer(tools(surface))).expect("tools have only text as keys")
}

#[cfg(test)]
mod tests;
