"""Words everyone uses. Knows the standard library and msgspec, and nothing of the hub."""
