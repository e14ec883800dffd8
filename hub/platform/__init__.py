"""Database, migrations, blob store, jobs, settings, telemetry: what the hub stands on. Knows no message."""
