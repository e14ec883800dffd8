"""Tree ⇄ canonical: the mapping language. The only room that sees both; see docs/mapping.md."""
