"""Bytes ⇄ tree, each syntax alone. Knows every dialect's grammar and nothing of what it means."""
