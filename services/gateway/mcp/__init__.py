"""The Model Context Protocol at `/mcp`: search, questions, pages and business data for agents."""
