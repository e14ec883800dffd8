"""``python -m hub`` and the installed ``hub`` command: both start here, and so does ``import hub`` nothing heavy."""

from __future__ import annotations

import sys

from hub.cli.main import run


def main() -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
