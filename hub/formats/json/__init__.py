"""JSON: bytes to tree and back, by the schemas we agreed with partners."""
