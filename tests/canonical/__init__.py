"""The documents exchanged."""
