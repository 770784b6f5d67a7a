"""The audit log: an RFC 6962 Merkle tree in C2SP tiles, its signed checkpoints, and the bundles told on the bus."""
