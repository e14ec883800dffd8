"""Who may come in: people and their sessions, partners' keys, and the record of what they did."""
