"""Users, workspaces, grants and API keys, and the administrators' commands on them."""
