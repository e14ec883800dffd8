"""Keys, passwords, roles and who may do what: pure rules, no storage and no web."""
