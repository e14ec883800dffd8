"""The corridor between the wings: a handful of short files that read like the story of one message."""
