"""The way of one message in time: stages, deliveries and what people did, on one line."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from hub.exchange.model import Event, MessageDetail, StageTime
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.web.languages import N_
from hub.web.statuses import ACKNOWLEDGEMENT, STAGES, VERDICT, Tone

STEPS_SHOWN_MAX = 24
LAG_SHOWN_MS_MAX = 60_000  # beyond a minute the two times say it better

WRITTEN = N_("Written")
READ = "mapped"  # the stage behind which a document is understood, or is not
NOT_UNDERSTOOD = N_("Not understood")
IN_PART = N_("Understood in part")
FINDS_FAULT = ("partly", "rejected")  # acknowledgements of what we sent
NOTED: Event = "noted"  # the event of what a person wrote down

Understood = Literal["none", "part", "whole"]
"""How much of a message could be read: in part where something was refused, and is missing in what is understood."""

EVENTS: dict[str, tuple[str, Tone]] = {
    "sent": (N_("Sent"), "good"),
    "delivered": (N_("Delivered"), "good"),
    "delivery-failed": (N_("Delivery failed"), "bad"),
    "deliveries-stopped": (N_("Deliveries stopped"), "bad"),
    "deliveries-resumed": (N_("Deliveries go on"), "good"),
    "fetched": (N_("Fetched by the partner"), "good"),
    "received": (N_("Confirmed by the partner"), "good"),
    "approved": (VERDICT["approve"].text, VERDICT["approve"].tone),
    "refused": (VERDICT["refuse"].text, VERDICT["refuse"].tone),
    "replay-asked": (N_("Processed again"), "warn"),
    "resend-asked": (N_("Sent again"), "warn"),
    "dealt-with": (N_("Dealt with"), "good"),
    NOTED: (N_("Remark"), "quiet"),
    "acknowledged": (N_("Acknowledged"), "good"),
    "acknowledgement-contradicted": (N_("Acknowledged otherwise"), "bad"),
    "acknowledgement-overdue": (N_("Acknowledgement overdue"), "bad"),
    "answer-overdue": (N_("Our answer is overdue"), "bad"),
    "nobody-fetches": (N_("Nobody can fetch it"), "bad"),
    "held": (N_("Held by our configuration"), "bad"),
    "waits": (N_("Waits"), "warn"),
    "waited-too-long": (N_("Waited too long"), "bad"),
    "processing-failed": (N_("Processing failed"), "bad"),
}


class TimelineStep(Struct):
    """One stop on the way."""

    title: str
    at: datetime
    tone: Tone = "good"
    lag_ms: int | None = None  # since the step before
    who: str | None = None  # whoever did it; nobody for the hub itself
    text: Wording | None = None  # what a person wrote, or the hub said


def steps_of(detail: MessageDetail, *, understood: Understood = "whole") -> list[TimelineStep]:
    """Return the message's way, oldest first; ``understood``: how much of its documents was."""
    if detail.message.direction == "out":  # what we send has one stage: it was written
        steps = [TimelineStep(title=WRITTEN, at=stage.at) for stage in detail.stages]
    else:
        steps = [_stage(stage, understood=understood) for stage in detail.stages]
    for entry in detail.timeline:
        title, tone = _event(entry.event, detail)
        kind, _, who = entry.actor.partition(":")
        text = None if kind == "partner" else entry.text  # what a partner said of it is in the title
        steps.append(TimelineStep(title=title, at=entry.at, tone=tone, who=who or None, text=text))
    ordered = sorted(steps, key=lambda step: step.at)[:STEPS_SHOWN_MAX]
    return _with_lags(_with_trouble(ordered, detail))


def _stage(stage: StageTime, *, understood: Understood) -> TimelineStep:
    """Return the step of a stage; none is called understood behind which nothing is, or not all."""
    if stage.stage == READ and understood != "whole":
        if understood == "none":
            return TimelineStep(title=NOT_UNDERSTOOD, at=stage.at, tone="bad")
        return TimelineStep(title=IN_PART, at=stage.at, tone="warn")
    return TimelineStep(title=STAGES.get(stage.stage, stage.stage), at=stage.at)


def _event(event: str, detail: MessageDetail) -> tuple[str, Tone]:
    """Return the title and tone of an event; an acknowledgement that finds fault is called and coloured so."""
    word = ACKNOWLEDGEMENT.get(detail.message.acknowledgement)
    if event == "acknowledged" and word and detail.message.acknowledgement in FINDS_FAULT:
        return word.text, word.tone
    return EVENTS.get(event, (event, "quiet"))


def _with_trouble(steps: list[TimelineStep], detail: MessageDetail) -> list[TimelineStep]:
    """Colour the last stage by how the message fared."""
    message = detail.message
    tone: Tone = "good"
    words = {message.validation, message.acknowledgement, message.outcome}
    if words & {"rejected", "unreadable", "refused"}:
        tone = "bad"
    elif message.outcome in ("held", "quarantined"):
        tone = "held"
    elif message.stage != "finished" and message.direction == "in":
        tone = "quiet"
    stages = {*STAGES.values(), NOT_UNDERSTOOD, IN_PART, WRITTEN}
    last = max((n for n, step in enumerate(steps) if step.title in stages), default=-1)
    return [replace(step, tone=tone) if n == last else step for n, step in enumerate(steps)]


def _with_lags(steps: list[TimelineStep]) -> list[TimelineStep]:
    timed: list[TimelineStep] = []
    for n, step in enumerate(steps):
        lag = round((step.at - steps[n - 1].at).total_seconds() * 1000) if n else None
        shown = lag if lag is not None and 0 <= lag <= LAG_SHOWN_MS_MAX else None
        timed.append(replace(step, lag_ms=shown))
    return timed
