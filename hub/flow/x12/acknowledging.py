"""What the sender is told about syntax: TA1 and 997, projected from the findings. Never a second judgement.

One functional acknowledgement for each group of an interchange that was not refused, the TA1 before them.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from hub.canonical.acknowledgement import AcknowledgedDocument, AcknowledgedGroup, Counts, FunctionalAcknowledgement
from hub.canonical.stored import encode_document
from hub.exchange.model import ACKNOWLEDGEMENTS_BY_GRAVITY, Acknowledgement
from hub.exchange.partners import Partner
from hub.flow.documents import Envelope, Identity, JudgedDocument, is_test
from hub.flow.drafts import Content, DocumentAcknowledgements, Reply
from hub.flow.rules import Rules
from hub.flow.x12.envelopes import interchange_of
from hub.flow.x12.guides import agreed_envelope, identity_of, x12_rules
from hub.flow.x12.rendering import as_set, cleaned, kept, separators_of
from hub.flow.x12.ta1 import kept_ta1
from hub.formats.x12.acknowledge import (
    ACKNOWLEDGEMENT_GROUP,
    FORMS,
    AcknowledgedSet,
    acknowledge_group,
    acknowledge_interchange,
    group_code,
    told_of,
    wants_interchange_acknowledgement,
)
from hub.formats.x12.guides import RELEASE
from hub.formats.x12.survey import Group, Interchange
from hub.formats.x12.writer import CleanSegments, OutboundSet
from hub.kernel.outcome import Key

log = structlog.get_logger("hub.flow.x12.acknowledging")

SETS_SHOWN_MAX = 1_000  # of one group, on pages and over the API; the counts are of all, and so is what is sent
KEYS_OF_A_GROUP_MAX = 1_000  # as many as are shown: who asks for a later one finds its order
VERDICTS = {"A": "accepted", "E": "accepted-with-errors", "P": "partly-accepted", "R": "rejected"}
ACKNOWLEDGEMENTS: dict[str, Acknowledgement] = {"A": "accepted", "E": "accepted", "P": "partly", "R": "rejected"}
"""AK501 and AK901 in the words of the message log."""


def reply_to(rules: Rules, partner: Partner, envelope: Envelope, judged: Sequence[JudgedDocument]) -> Reply:
    """Return what is said of an interchange; ``judged`` are of the sets of its message."""
    if partner.x12 is None:
        return Reply(acknowledgement="none")  # nobody to address: the findings tell us, and we tell them another way
    interchange = interchange_of(envelope)
    groups = [] if interchange.refused else [g for g in interchange.groups if _is_acknowledged(g, partner)]
    of_group = _by_group(groups, judged, partner, rules)
    about = _about(groups, judged)
    together: dict[tuple[str, Identity | None], tuple[list[Content], list[Key]]] = {}
    for group in groups:
        content = _content(group, of_group[group.number], partner, rules)
        to = identity_of(interchange, group, partner)
        contents, keys = together.setdefault((content.release, to), ([], []))
        contents.append(content)
        keys += about[group.number]
    of_groups = [ACKNOWLEDGEMENTS[group_code(of_group[group.number], group.findings)] for group in groups]
    worst: Acknowledgement = max(of_groups, key=ACKNOWLEDGEMENTS_BY_GRAVITY.index, default="none")
    return Reply(
        acknowledgement="rejected" if interchange.refused else worst,
        test=is_test(envelope, partner),
        of_envelope=_ta1(interchange) if _wants(interchange, partner) else None,
        to=identity_of(interchange, None, partner),
        of_documents=[
            DocumentAcknowledgements(contents=contents, to=to, keys=keys)
            for (_, to), (contents, keys) in together.items()
        ],
    )


def _about(groups: Sequence[Group], judged: Sequence[JudgedDocument]) -> dict[int, list[Key]]:
    """Return what the sets of each group are about: by that an acknowledgement is found; of very many, by the first."""
    found: dict[int, list[Key]] = {group.number: [] for group in groups}
    for each in judged:
        own = found.get(each.group)
        if own is not None and each.subject is not None and len(own) < KEYS_OF_A_GROUP_MAX:
            own.append(each.subject)
    return found


def _ta1(interchange: Interchange) -> bytes:
    return kept_ta1(acknowledge_interchange(interchange.header, interchange.findings))


def _by_group(
    groups: Sequence[Group], judged: Sequence[JudgedDocument], partner: Partner, rules: Rules
) -> dict[int, list[AcknowledgedSet]]:
    releases = {group.number: group.header.release for group in groups}
    found: dict[int, list[AcknowledgedSet]] = {number: [] for number in releases}
    for each in judged:
        if each.group in found:
            outcome = AcknowledgedSet(
                kind=each.kind,
                control_number=each.number,
                findings=each.findings,
                implementation=each.version,
                guide=x12_rules(rules).guide(releases[each.group], each.kind, partner.id),
            )
            found[each.group].append(outcome)
    return found


def _is_acknowledged(group: Group, partner: Partner) -> bool:
    return (
        agreed_envelope(partner).acknowledgements.functional != "none"
        and group.header.functional_group != ACKNOWLEDGEMENT_GROUP
    )


def _wants(interchange: Interchange, partner: Partner) -> bool:
    """A refusal is always told; else the partner's file decides whether ISA14 is heard. What only tells gets none."""
    if interchange.only_tells:
        return False
    wish = agreed_envelope(partner).acknowledgements.interchange
    return (
        interchange.refused
        or wish == "always"
        or (wish == "asked" and wants_interchange_acknowledgement(interchange.header, interchange.findings))
    )


def _content(group: Group, judged: Sequence[AcknowledgedSet], partner: Partner, rules: Rules) -> Content:
    """Return one 997 (or 999), and the same as the canonical document that pages and the API show."""
    form, release = FORMS[agreed_envelope(partner).acknowledgements.functional], _release(group, partner)
    written = acknowledge_group(
        group.header,
        judged,
        group.findings,
        stated=group.stated,
        control_number=1,
        form=form,
        separators=separators_of(partner, release),
        release=release,
    )
    assert written is not None  # groups of acknowledgements were left out
    canonical = _canonical(group, judged)
    return Content(
        kind=form.kind,
        group=ACKNOWLEDGEMENT_GROUP,
        release=release,
        body=kept(_valid(written, release, group, judged, partner, rules)),
        document=type(canonical).__name__,
        canonical=encode_document(canonical),
    )


def _valid(
    written: OutboundSet,
    release: str,
    group: Group,
    judged: Sequence[AcknowledgedSet],
    partner: Partner,
    rules: Rules,
) -> CleanSegments:
    """Return the 997 as it will be written, held against its guide as everything of ours is.

    One that says no more than "accepted" has one shape, which a test holds against the guide once for all. Should
    one that repeats what somebody sent not be valid, its notes are left out: the verdict on the group stands alone.
    """
    segments = cleaned(written, separators_of(partner, release))
    if not group.findings and not any(each.findings for each in judged):
        return segments
    validator = x12_rules(rules).validator(release, written.kind, partner.id)
    if validator is None or not validator.check(as_set(written.kind, segments, release)).is_rejected:
        return segments
    log.error("acknowledgement not valid by its guide", partner=partner.id, group=group.header.control_number)
    return replace(segments, lines=[segments.lines[0], segments.lines[-1]])


def _release(group: Group, partner: Partner) -> str:
    """An acknowledgement speaks the release the partner's file states, else that of what it acknowledges, if agreed."""
    x12 = agreed_envelope(partner)
    stated = x12.written_in.get(x12.acknowledgements.functional)
    spoken = RELEASE.match(group.header.release)
    agreed = [release[:6] for release in x12.releases]
    return stated or (spoken[0] if spoken and spoken[0] in agreed else agreed[0])


def _canonical(group: Group, judged: Sequence[AcknowledgedSet]) -> FunctionalAcknowledgement:
    code = group_code(judged, group.findings)
    return FunctionalAcknowledgement(
        group=AcknowledgedGroup(kind=group.header.functional_group, number=group.header.control_number),
        verdict=VERDICTS[code],
        counts=Counts(
            included=len(judged) if group.stated is None else group.stated,
            received=len(judged),
            accepted=0 if code == "R" else sum(outcome.code != "R" for outcome in judged),
        ),
        documents=[
            AcknowledgedDocument(kind=outcome.kind, number=outcome.control_number, verdict=VERDICTS[outcome.code])
            for outcome in told_of(judged, group.findings)[:SETS_SHOWN_MAX]
        ],
    )
