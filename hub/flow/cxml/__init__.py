"""cXML in the flow: what its envelope says, and how one is put around what we owe."""
