"""Orders as people and partners' systems see them: pages, the API, what a partner is told."""
