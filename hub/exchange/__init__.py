"""The life of a message: intake, states, control numbers, acknowledgements awaited, outbox, replay, search keys."""
