"""The history of the tables: one set of revisions for SQLite and PostgreSQL.

``python -m hub.platform.migrations "what changes"`` writes the next revision from the difference between the tables
declared in Python and an empty database brought up to date. Read it before you commit it.
"""
