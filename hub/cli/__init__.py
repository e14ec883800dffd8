"""The ``hub`` command. Start with ``main``; each command is a file of its own, imported only when it is called."""
