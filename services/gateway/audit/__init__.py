"""The audit log over HTTP, for auditors: records, proofs, tiles."""
