"""Purchase orders: what we say to them, line by line, and what stands."""
