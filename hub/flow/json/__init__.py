"""JSON in the flow: how a body is read, and which schema is a document's."""
