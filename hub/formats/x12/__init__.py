"""X12: reading what the world sends, validating it against guides, writing it, acknowledging it."""
