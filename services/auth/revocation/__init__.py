"""Revocation: finds the rights that a change removed, and closes the bus connections that lose them."""
