"""The hub over HTTP: the interface partners' systems call, and the pages people read. Decides nothing of its own."""
