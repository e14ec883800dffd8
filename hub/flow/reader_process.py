"""The process that reads messages beside the one that serves: ``python -m hub.flow.reader_process LEVEL CONFIG_PATH``.

What enters on standard input are lists of messages; what leaves is what each holds and comes to, or why it could not be
read. Started and ended by ``readers.ReadBeside``; of no use to people.
"""

from __future__ import annotations

import sys
from functools import partial

import structlog

from hub.flow.readers import Reading, ToRead, read_message, token_of
from hub.flow.rules import Rules
from hub.kernel.errors import Defect, HubError
from hub.platform.beside import answer
from hub.platform.configuration import find_configuration
from hub.platform.telemetry import configure_logs

log = structlog.get_logger("hub.flow.reader_process")


def main() -> None:
    """Read what is asked for until there is no more."""
    log_level, config_path = sys.argv[1:]
    configure_logs(log_level)
    configuration = find_configuration(config_path or None)
    token = token_of(configuration)  # before anything is read: what changes meanwhile is a difference
    rules = Rules(configuration)
    rules.warm_up()
    answer(partial(_read_all, rules), token)


def _read_all(rules: Rules, asked: list[ToRead]) -> list[Reading | HubError]:
    return [_read_one(rules, wanted) for wanted in asked]


def _read_one(rules: Rules, wanted: ToRead) -> Reading | HubError:
    try:
        return read_message(rules, wanted)
    except HubError as fault:
        return fault
    except Exception as fault:  # a bug of ours concerns this message and no other
        log.exception("could not read", message=wanted.message, partner=wanted.partner, fault=type(fault).__name__)
        return Defect(f"{type(fault).__name__}: {fault}")


if __name__ == "__main__":
    main()
