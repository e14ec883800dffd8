"""The corridor between the wings: begin with ``inbound``; docs/architecture.md maps files to steps."""
