"""Contract Hub: the hub between a medical-device contract manufacturer and its customers."""
