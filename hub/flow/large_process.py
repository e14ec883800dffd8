"""The process that reads large messages: ``hub.flow.large_process LEVEL CONFIG_PATH ACCOUNT``.

What enters on standard input are steps (``large_steps``); the file that a message is is handed over open, for this
process may open none. Started and ended by ``large.LargeInSubprocess``; of no use to people.
"""

from __future__ import annotations

from hub.flow.large_steps import Step, Steps
from hub.flow.reader_process import confined
from hub.platform.subprocesses import answer, taken

LARGE_BYTES_MAX = 384 * 1024 * 1024  # a set of the most segments, or of the most elements, takes 220 to 300


def main() -> None:
    """Take the steps that are asked for until there are no more."""
    rules, token = confined(LARGE_BYTES_MAX)
    answer(Steps(rules, taken).take, Step, token)


if __name__ == "__main__":
    main()
