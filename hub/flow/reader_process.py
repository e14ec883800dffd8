"""The process that reads messages beside the one that serves: ``hub.flow.reader_process LEVEL CONFIG_PATH ACCOUNT``.

What enters on standard input are lists of messages; what leaves is what each holds and comes to, or why it could not be
read. Started and ended by ``readers.ReadInSubprocess``; of no use to people.
"""

from __future__ import annotations

import codecs
import sys
from functools import partial
from pathlib import Path

import hub
from hub.business.rooms import ROOMS
from hub.flow.readers import token_of
from hub.flow.reading import ToRead, read_messages
from hub.flow.rules import Rules
from hub.flow.syntaxes import warm_up
from hub.platform.configuration import CONTENTS, find_configuration
from hub.platform.confinement import MEMORY_BYTES_MAX, give_up
from hub.platform.subprocesses import answer
from hub.platform.telemetry import configure_logs

ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
"""What a file of a partner may be written in: Python reads each codec when it is first used."""


def main() -> None:
    """Read what is asked for until there is no more."""
    rules, token = confined()
    answer(partial(read_messages, rules), ToRead, token)


def confined(memory_bytes_max: int = MEMORY_BYTES_MAX) -> tuple[Rules, str]:
    """Read what is needed, give up every other right, and return the rules and the token of who has the same."""
    log_level, config_path, account = sys.argv[1:]
    configure_logs(log_level)
    configuration = find_configuration(config_path or None)
    token = token_of(configuration)  # before anything is read: what changes meanwhile is a difference
    rules = Rules(configuration)
    warm_up(rules, ROOMS)
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    package = Path(hub.__file__).parent
    readable = [package, *(root / name for root in configuration.roots for name in CONTENTS)]
    needs = partial(token_of, configuration)
    give_up(readable, account=account, needs=needs, memory_bytes_max=memory_bytes_max)
    return rules, token


if __name__ == "__main__":
    main()
