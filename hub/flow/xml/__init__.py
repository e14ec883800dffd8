"""XML in the flow: how a body is parsed, and which schema is a root element's."""
