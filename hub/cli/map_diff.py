"""What ``hub map diff`` compares and how it says so: two maps by their rules, and by what they make of documents.

Names of maps and messages to try them on enter; a ``Compared`` leaves, as JSON or as text for people. What can go wrong
is a map that does not exist or has faults, and two maps that read different sets.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from hub.cli.output import shown, table
from hub.kernel.struct import Struct
from hub.mapping.difference import ChangedRule, Comparison, changes_between, effects_inbound, effects_outbound
from hub.mapping.documents import document_from_json, is_canonical
from hub.mapping.library import MapLibrary

VALUE_SHOWN_MAX = 60  # characters of a value in the table of effects; JSON has all of it
_SIGNS = {"added": "+", "changed": "~", "removed": "-", "moved": ">"}


class Sample(Struct):
    """Something to try both maps on: a message as it came, or a canonical document as we sent it."""

    name: str
    body: bytes


class Compared(Struct):
    """What ``new`` says and does otherwise than ``old``. ``effects`` is None when nothing was tried."""

    old: str
    new: str
    changes: list[ChangedRule]
    effects: Comparison | None = None


def compare(library: MapLibrary, old: str, new: str, tried: Sequence[Sample]) -> Compared:
    """Return how two maps differ, and with what effect on ``tried``, if anything is tried."""
    before, after = library.map(old), library.map(new)
    loaded = [library.files.load(name)[0] for name in (old, new)]
    assert loaded[0] is not None
    assert loaded[1] is not None
    changes = changes_between(loaded[0], loaded[1])
    if not tried:
        return Compared(old=old, new=new, changes=changes)
    documents = [each for each in tried if is_canonical(each.body)]
    received = [each for each in tried if each not in documents]
    inbound = effects_inbound(before, after, ((each.name, each.body) for each in received))
    outbound = effects_outbound(before, after, ((each.name, document_from_json(each.body)) for each in documents))
    effects = Comparison(
        documents=inbound.documents + outbound.documents,
        different=inbound.different + outbound.different,
        effects=inbound.effects + outbound.effects,
    )
    return Compared(old=old, new=new, changes=changes, effects=effects)


def show(compared: Compared) -> None:
    """Say for people what differs."""
    counted = [
        f"{sum(change.change == kind for change in compared.changes)} {kind}"
        for kind in _SIGNS
        if any(change.change == kind for change in compared.changes)
    ]
    click.echo(f"{compared.new} against {compared.old}: {', '.join(counted) or 'says the same'}")
    for change in compared.changes:
        sign = _SIGNS[change.change]
        reason = f"  why: {change.why}" if change.why else ""
        click.echo(f"\n{sign} {change.rule}  ({change.where}){reason}")
        for side, text in (("was", change.was), ("now", change.now)):
            if text is not None:
                click.echo(f"    {side}  {shown(text)}")
    if compared.effects is not None:
        _show_effects(compared.effects)


def _show_effects(looked: Comparison) -> None:
    click.echo(f"\n{looked.different} of {looked.documents} documents come out differently")
    rows = [
        (each.field, str(each.documents), _short(each.was), _short(each.now), each.example) for each in looked.effects
    ]
    if rows:
        click.echo(table(["field", "documents", "was", "now", "for example"], rows))


def _short(text: str | None) -> str:
    if text is None:
        return "(nothing)"
    return text if len(text) <= VALUE_SHOWN_MAX else f"{text[: VALUE_SHOWN_MAX - 1]}…"
