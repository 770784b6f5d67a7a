"""The audit log as an RFC 6962 Merkle tree in C2SP tiles: signed checkpoints, and bundles published on the bus."""
