//! MCP server for Confluence Cloud.

fn main() {}
