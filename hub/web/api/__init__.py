"""What partners' systems and scripts call: bodies in and out, and JSON about them."""
