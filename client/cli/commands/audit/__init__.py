"""`cloister audit` and `report`: the audit log and figures from it."""
