"""Orders: rules, records and laws."""
