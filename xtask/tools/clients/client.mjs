// A client of the official TypeScript SDK that does what it is told: a JSON object per line on
// standard input, the answer as a line on standard output. `xtask/src/test/client.rs` talks to it.
//
//     node client.mjs 1|2 legacy|modern http URL
//     node client.mjs 1|2 legacy|modern stdio PROGRAM ARGUMENT…

import { createInterface } from "node:readline";

const [generation, era, transportName, ...target] = process.argv.slice(2);

// Version 1 of the SDK is one package with a file per part; version 2 has a package per role.
async function sdk() {
  if (generation === "1") {
    const [client, http, stdio] = await Promise.all([
      import("@modelcontextprotocol/sdk/client/index.js"),
      import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
      import("@modelcontextprotocol/sdk/client/stdio.js"),
    ]);
    return { ...client, ...http, ...stdio };
  }
  const [client, stdio] = await Promise.all([
    import("@modelcontextprotocol/client"),
    import("@modelcontextprotocol/client/stdio"),
  ]);
  return { ...client, ...stdio };
}

const { Client, StdioClientTransport, StreamableHTTPClientTransport } = await sdk();

const transport =
  transportName === "http"
    ? new StreamableHTTPClientTransport(new URL(target[0]))
    : new StdioClientTransport({ command: target[0], args: target.slice(1) });

// Version 1 tells only the transport which revision was agreed upon.
let agreed;
const told = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (version) => {
  agreed = version;
  told?.(version);
};

const mode = era === "modern" ? { pin: "2026-07-28" } : "legacy";
const client = new Client(
  { name: "confluence-connector-checks", version: "1.0.0" },
  { versionNegotiation: { mode } },
);

const methods = {
  "tools/list": (params) => client.listTools(params),
  "tools/call": (params) => client.callTool(params),
};

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

await client.connect(transport);
say({
  protocolVersion: client.getNegotiatedProtocolVersion?.() ?? agreed,
  serverInfo: client.getServerVersion(),
  capabilities: client.getServerCapabilities(),
  instructions: client.getInstructions(),
});
for await (const line of createInterface({ input: process.stdin })) {
  const { method, params } = JSON.parse(line);
  try {
    say({ result: await methods[method](params) });
  } catch (error) {
    say({ error: { code: error.code, message: error.message } });
  }
}
await client.close();
