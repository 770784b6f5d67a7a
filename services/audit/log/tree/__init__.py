"""The Merkle tree of the log: hashes, tiles, its head and signed checkpoints."""
