"""A client of the official Python SDK that does what it is told.

It reads a JSON object per line from standard input, and writes the answer as a line to standard
output. `xtask/src/test/client.rs` talks to it.

    python client.py legacy|modern http URL
    python client.py legacy|modern stdio PROGRAM ARGUMENT…
"""

import json
import sys

import anyio
from mcp import Client, MCPError, StdioServerParameters


def say(value):
    print(json.dumps(value), flush=True)


def plain(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def perform(client, method, params):
    if method == "tools/list":
        return await client.list_tools(cursor=params.get("cursor"))
    if method == "tools/call":
        return await client.call_tool(params["name"], params.get("arguments"))
    raise ValueError(f"unknown method {method}")


async def main(era, transport, *target):
    server = target[0]
    if transport == "stdio":
        server = StdioServerParameters(command=target[0], args=list(target[1:]))
    # `auto` asks with `server/discover` first, and knows what the server answered.
    mode = "auto" if era == "modern" else "legacy"
    async with Client(server, mode=mode) as client:
        say(
            {
                "protocolVersion": client.protocol_version,
                "serverInfo": plain(client.server_info),
                "capabilities": plain(client.server_capabilities),
                "instructions": client.instructions,
            }
        )
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            request = json.loads(line)
            try:
                answer = await perform(client, request["method"], request.get("params", {}))
                say({"result": plain(answer)})
            except MCPError as error:
                say({"error": {"code": error.code, "message": error.message}})


anyio.run(main, *sys.argv[1:])
