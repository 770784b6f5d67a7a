"""The first message of an MCP client, and the headers that it sends with each."""

HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}  # fmt: skip
SPEAKS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
