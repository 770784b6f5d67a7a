"""What was lost by a change of the accounts, and the bus connections that end with it."""
