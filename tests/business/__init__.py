"""The business wing."""
