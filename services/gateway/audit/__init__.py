"""The audit log over HTTP: records, proofs, tiles. For auditors."""
