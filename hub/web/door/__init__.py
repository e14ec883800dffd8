"""The door: connections before they are requests. Every phase of one has a most in bytes and in time."""
