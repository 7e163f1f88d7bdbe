//! The MCP and HTTP faces of the connector.
