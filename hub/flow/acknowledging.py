"""What the sender is told about syntax: TA1 and 997, projected from the findings. Never a second judgement.

One functional acknowledgement for each group of an interchange that was not refused, all in one interchange of ours,
the TA1 before them; interchanges of which there is but a TA1 are answered by one. They go to the partner who handed
the message in, never to an address the message names.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from hub.canonical.acknowledgement import AcknowledgedGroup, Counts, FunctionalAcknowledgement, SetVerdict
from hub.canonical.result import Cause
from hub.canonical.stored import encode_document
from hub.exchange.model import ACKNOWLEDGEMENTS_BY_GRAVITY, Acknowledgement
from hub.exchange.partner_x12 import EnvelopeId, X12Envelope
from hub.exchange.partners import Partner
from hub.exchange.weights import ANSWER, Amount
from hub.flow.agreement import identity_of, is_test
from hub.flow.effects import Effects
from hub.flow.rendering import Content, Draft, as_set, cleaned, separators_of
from hub.flow.rules import Rules
from hub.flow.summary import ACKNOWLEDGEMENTS
from hub.formats.x12.acknowledge import (
    ACKNOWLEDGEMENT_GROUP,
    FORMS,
    SetOutcome,
    acknowledge_group,
    acknowledge_interchange,
    group_code,
    told_of,
    wants_interchange_acknowledgement,
)
from hub.formats.x12.guides import RELEASE
from hub.formats.x12.survey import Group, Interchange
from hub.formats.x12.writer import CleanSegments, OutboundSet
from hub.kernel.struct import Struct

log = structlog.get_logger("hub.flow.acknowledging")

SETS_SHOWN_MAX = 1_000  # of one group, on pages and over the API; the counts are of all, and so is what is sent
VERDICTS = {"A": "accepted", "E": "accepted-with-errors", "P": "partly-accepted", "R": "rejected"}


class Told(Struct):
    """What is said of groups of one interchange in one group of ours: it speaks one release, to one identity."""

    contents: list[Content]  # 997s
    to: EnvelopeId | None = None  # None: the partner has but one


class Reply(Struct):
    """What is said of one interchange."""

    said: Acknowledgement  # at worst
    test: bool = False
    ta1: list[str] | None = None
    to: EnvelopeId | None = None  # of whom the interchange is
    told: list[Told] = []


def reply_to(partner: Partner, interchange: Interchange, sets: Sequence[tuple[int, SetOutcome]], rules: Rules) -> Reply:
    """Return what is said of an interchange, of whose groups ``sets`` are, by number of the group. Pure."""
    if partner.x12 is None:
        return Reply(said="none")  # nobody to address: the findings tell us, and we tell them another way
    groups = [] if interchange.refused else [g for g in interchange.groups if _is_acknowledged(g, partner)]
    of_group: dict[int, list[SetOutcome]] = {group.number: [] for group in groups}
    for number, outcome in sets:
        if number in of_group:
            of_group[number].append(outcome)
    together: dict[tuple[str, EnvelopeId | None], list[Content]] = {}
    for group in groups:
        content = _content(group, of_group[group.number], partner, rules)
        to = identity_of(interchange, group, partner)
        together.setdefault((content.release, to), []).append(content)
    said = [ACKNOWLEDGEMENTS[group_code(of_group[group.number], group.findings)] for group in groups]
    return Reply(
        said="rejected" if interchange.refused else max(said, key=ACKNOWLEDGEMENTS_BY_GRAVITY.index, default="none"),
        test=is_test(interchange, partner),
        ta1=acknowledge_interchange(interchange.header, interchange.findings) if _wants(interchange, partner) else None,
        to=identity_of(interchange, None, partner),
        told=[Told(contents=contents, to=to) for (_, to), contents in together.items()],
    )


def acknowledge(effects: Effects, message_id: str, partner: Partner, replies: Sequence[Reply]) -> None:
    """Let acknowledgements go out: of each interchange its TA1 and 997s in one interchange of ours.

    Those of which there is but a TA1 share one: an interchange may hold any number of them (X12.5).
    """
    because = Cause(kind="message", id=message_id)
    alone: dict[tuple[bool, EnvelopeId | None], list[list[str]]] = {}
    for each in replies:
        if each.ta1 and not each.told:
            alone.setdefault((each.test, each.to), []).append(each.ta1)
    for each in replies:
        draft = Draft(partner=partner.id, because=because, test=each.test)
        ta1s = [each.ta1] if each.ta1 else []
        for told in each.told:
            effects.send(None, replace(draft, contents=told.contents, interchange_acknowledgements=ta1s, to=told.to))
            ta1s = []
        if ta1s and (each.test, each.to) in alone:  # in the place of the first of them
            ta1s = alone.pop((each.test, each.to))
            effects.send(None, replace(draft, interchange_acknowledgements=ta1s, to=each.to))


def acknowledged_amount(replies: Sequence[Reply]) -> Amount:
    """Return what acknowledgements leave stored, for their partner's budget."""
    found = Amount(rows=1)
    for each in replies:
        for told in each.told:
            text = sum(len(line) + 1 for content in told.contents for line in content.segments.lines)
            canonical = sum(len(content.canonical or b"") for content in told.contents)
            found = found.plus(ANSWER.plus(Amount(bytes=text + canonical)))
    return found


def _is_acknowledged(group: Group, partner: Partner) -> bool:
    return (
        _agreed(partner).acknowledgements.functional != "none"
        and group.header.functional_group != ACKNOWLEDGEMENT_GROUP
    )


def _wants(interchange: Interchange, partner: Partner) -> bool:
    """A refusal is always told; else the partner's file decides whether ISA14 is heard. What only tells gets none."""
    if interchange.only_tells:
        return False
    wish = _agreed(partner).acknowledgements.interchange
    return (
        interchange.refused
        or wish == "always"
        or (wish == "asked" and wants_interchange_acknowledgement(interchange.header, interchange.findings))
    )


def _content(group: Group, outcomes: Sequence[SetOutcome], partner: Partner, rules: Rules) -> Content:
    """Return one 997 (or 999), and the same as the canonical document that pages and the API show."""
    form, release = FORMS[_agreed(partner).acknowledgements.functional], _release(group, partner)
    written = acknowledge_group(
        group.header,
        outcomes,
        group.findings,
        stated=group.stated,
        control_number=1,
        form=form,
        separators=separators_of(partner),
        release=release,
    )
    assert written is not None  # groups of acknowledgements were left out
    told = _canonical(group, outcomes)
    return Content(
        kind=form.kind,
        functional_group=ACKNOWLEDGEMENT_GROUP,
        release=release,
        segments=_valid(written, release, group, outcomes, partner, rules),
        document=type(told).__name__,
        canonical=encode_document(told),
    )


def _valid(
    written: OutboundSet,
    release: str,
    group: Group,
    outcomes: Sequence[SetOutcome],
    partner: Partner,
    rules: Rules,
) -> CleanSegments:
    """Return the 997 as it will be written, held against its guide as everything of ours is.

    One that says no more than "accepted" has one shape, which a test holds against the guide once for all. Should
    one that repeats what somebody sent not be valid, its notes are left out: the verdict on the group stands alone.
    """
    segments = cleaned(written, separators_of(partner))
    if not group.findings and not any(each.findings for each in outcomes):
        return segments
    validator = rules.validator(release, written.kind, partner.id)
    if validator is None or not validator.check(as_set(written.kind, segments, release)).is_rejected:
        return segments
    log.error("acknowledgement not valid by its guide", partner=partner.id, group=group.header.control_number)
    return replace(segments, lines=[segments.lines[0], segments.lines[-1]])


def _release(group: Group, partner: Partner) -> str:
    """An acknowledgement speaks the release the partner's file states, else that of what it acknowledges, if agreed."""
    x12 = _agreed(partner)
    stated = x12.written_in.get(x12.acknowledgements.functional)
    spoken = RELEASE.match(group.header.release)
    agreed = [release[:6] for release in x12.releases]
    return stated or (spoken[0] if spoken and spoken[0] in agreed else agreed[0])


def _agreed(partner: Partner) -> X12Envelope:
    assert partner.x12 is not None
    return partner.x12


def _canonical(group: Group, outcomes: Sequence[SetOutcome]) -> FunctionalAcknowledgement:
    code = group_code(outcomes, group.findings)
    return FunctionalAcknowledgement(
        group=AcknowledgedGroup(kind=group.header.functional_group, number=group.header.control_number),
        verdict=VERDICTS[code],
        counts=Counts(
            included=len(outcomes) if group.stated is None else group.stated,
            received=len(outcomes),
            accepted=0 if code == "R" else sum(outcome.code != "R" for outcome in outcomes),
        ),
        sets=[
            SetVerdict(kind=outcome.kind, number=outcome.control_number, verdict=VERDICTS[outcome.code])
            for outcome in told_of(outcomes, group.findings)[:SETS_SHOWN_MAX]
        ],
    )
