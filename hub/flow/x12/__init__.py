"""X12 in the flow: all that the flow knows of interchanges, groups, sets, and what is said of them."""
