"""How a large message is read step by step in a process beside: what is asked, what is said, and who remembers.

A message is known by a name of its asker's choice. It is begun, surveyed a step at a time, and then read a portion at a
time; each step is one question and one answer, so that several messages go step by step in turns. What is remembered of
a message goes when its last portion was said, when something is wrong with it, or when too many others were begun.
"""

from __future__ import annotations

import mmap
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

import structlog

from hub.flow.documents import Document, Survey
from hub.flow.portions import portions
from hub.flow.rules import Rules
from hub.flow.syntax import Opened
from hub.flow.syntaxes import syntax_of
from hub.formats.body import Bytes
from hub.kernel.errors import Defect, HubError, Unavailable
from hub.kernel.struct import Struct

EVENTS_IN_A_STEP = 200  # of the survey: some 10 ms, then another message has its turn
BEGUN_AT_ONCE = 24  # messages: eight that are files, and some that are many small sets
REMEMBERED_MAX = 2 * BEGUN_AT_ONCE  # with those that nobody goes on with; each may have a descriptor, of 64 in all
AGAIN_SECONDS = 1.0

log = structlog.get_logger("hub.flow.large_steps")


class Step(Struct):
    """The next step of a message. With the first comes its body, or a descriptor of the file that it is."""

    name: str
    partner: str
    begins: bool = False
    body: bytes | None = None


class StepResult(Struct, tag="step"):
    """What a step has come to: nothing yet, the survey, or a portion of documents."""

    survey: Survey | None = None
    documents: list[Document] = []
    last: bool = False


class Steps:
    """Takes steps, and remembers in between. ``taken`` gives the descriptor that came with a first step."""

    def __init__(self, rules: Rules, taken: Callable[[], int]) -> None:
        self._rules = rules
        self._taken = taken
        self._begun: OrderedDict[str, Iterator[StepResult]] = OrderedDict()

    def take(self, asked: Sequence[Step]) -> list[StepResult | HubError]:
        """Return what each step has come to, or what was wrong."""
        return [self._take(each) for each in asked]

    def _take(self, step: Step) -> StepResult | HubError:
        try:
            if step.begins:
                body = self._mapped() if step.body is None else step.body
                self._begun[step.name] = self._read(step.partner, body)
                while len(self._begun) > REMEMBERED_MAX:
                    self._begun.popitem(last=False)
            reading = self._begun.get(step.name)
            if reading is None:  # the process that had begun it has gone
                raise Unavailable("the message is to be begun anew", retry_after_seconds=AGAIN_SECONDS)
            self._begun.move_to_end(step.name)
            result = next(reading)
        except HubError as fault:
            self._begun.pop(step.name, None)
            return fault
        except Exception as fault:  # a bug of ours concerns this message and no other
            self._begun.pop(step.name, None)
            log.exception("could not read", message=step.name, partner=step.partner, fault=type(fault).__name__)
            return Defect(f"{type(fault).__name__}: {fault}")
        if result.last:
            self._begun.pop(step.name, None)
        return result

    def _mapped(self) -> mmap.mmap:
        descriptor = self._taken()
        try:
            return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)

    def _read(self, partner: str, body: Bytes) -> Iterator[StepResult]:
        syntax = syntax_of(body, self._rules, partner)
        opening = syntax.open(body, self._rules, self._rules.partner(partner), EVENTS_IN_A_STEP)
        opened: Opened | None = None
        while opened is None:
            try:
                next(opening)
            except StopIteration as end:
                opened = end.value
            else:
                yield StepResult()
        yield StepResult(survey=opened.survey)
        for documents, last in portions(opened.documents()):
            yield StepResult(documents=documents, last=last)
