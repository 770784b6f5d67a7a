"""A folder and a workspace that stay in step."""
