"""Where records and alerts go: collectors of logs, chats and mailboxes, each with a position of its own."""
