"""The manifests, read and then applied to a real control plane."""
