"""The bus: who may say and hear what, its keys, its configuration, and the server for one machine."""
