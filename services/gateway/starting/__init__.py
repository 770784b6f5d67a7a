"""Questions that a workspace's managers suggest to begin with."""
