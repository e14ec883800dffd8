"""What is said of envelopes goes out: to the partner who handed the message in, never to an address it names."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.canonical.result import Cause
from hub.exchange.weights import ANSWER, Amount
from hub.flow.documents import Identity
from hub.flow.drafts import Draft, Reply


def drafts_of(replies: Sequence[Reply], syntax: str, message_id: str, partner: str) -> list[Draft]:
    """Return the messages in which acknowledgements go out: those of an envelope together, its own before them.

    Those that are of envelopes alone share one: an envelope of ours may hold any number of them.
    """
    because = Cause(kind="message", id=message_id)
    alone: dict[tuple[bool, Identity | None], list[bytes]] = {}
    for each in replies:
        if each.of_envelope and not each.of_documents:
            alone.setdefault((each.test, each.to), []).append(each.of_envelope)
    found: list[Draft] = []
    for each in replies:
        draft = Draft(partner=partner, because=because, test=each.test, syntax=syntax)
        own = [each.of_envelope] if each.of_envelope else []
        for together in each.of_documents:
            said = replace(draft, contents=together.contents, to=together.to, keys=together.keys)
            found.append(replace(said, envelope_acknowledgements=own))
            own = []
        if own and (each.test, each.to) in alone:  # in the place of the first of them
            own = alone.pop((each.test, each.to))
            found.append(replace(draft, envelope_acknowledgements=own, to=each.to))
    return found


def replied_amount(replies: Sequence[Reply]) -> Amount:
    """Return what acknowledgements leave stored, for their partner's budget."""
    found = Amount(rows=1)
    for each in replies:
        for together in each.of_documents:
            text = sum(len(content.body) for content in together.contents)
            canonical = sum(len(content.canonical or b"") for content in together.contents)
            found = found.plus(ANSWER.plus(Amount(bytes=text + canonical)))
    return found
