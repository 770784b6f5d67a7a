"""Public clients against a running system: `uv sync --group clients`, and npm for the MCP Inspector."""
