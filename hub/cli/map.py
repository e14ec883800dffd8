"""``hub map``: everything an onboarding engineer does with maps, storing nothing.

MAP is a base map (``x12/004010/850``) or a partner's (``north-spine/850``). Documents go to stdout, findings to
stderr; exit code 1 when something was rejected or differs, 2 when a file or a map is missing.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
from msgspec.structs import replace

from hub.canonical.stored import encode_document
from hub.cli.map_diff import Sample, compare, show
from hub.cli.named import NAMED_FILE, read_named
from hub.cli.output import Output, as_json, refuse, reports
from hub.exchange.partners import Partner, load_partners
from hub.flow.inspecting import base_map_for, map_of
from hub.flow.rules import Rules
from hub.flow.syntaxes import SYNTAXES
from hub.formats.families import SchemaLibrary
from hub.formats.x12.family import EnvelopeStyle, X12Party
from hub.kernel.diagnostics import Diagnostic, worst
from hub.kernel.errors import Misconfigured
from hub.kernel.identity import is_partner_id
from hub.mapping.cases import run_case
from hub.mapping.coverage import coverage_of
from hub.mapping.documents import (
    DocumentRead,
    document_from_json,
    read_documents,
    write_document,
)
from hub.mapping.explain import explained, rules_of
from hub.mapping.faults import MapFault
from hub.mapping.library import Map, MapLibrary
from hub.mapping.sample import sample_document
from hub.mapping.skeleton import propose
from hub.platform.configuration import Configuration, find_configuration
from hub.platform.settings import load


@click.group("map")
def map_() -> None:
    """Try, test and examine maps, storing nothing."""


@map_.command()
@click.argument("name", metavar="MAP")
@click.argument("file", metavar="FILE", type=NAMED_FILE)
@reports
def apply(out: Output, name: str, file: Path) -> None:
    """Read FILE through MAP: one line of canonical JSON on stdout for each set, findings on stderr.

    A bare ST…SE without its envelope is taken too. Exit code 1 when anything is rejected.
    """
    sets = list(read_documents(_map(name), read_named(file)))
    for each in sets:
        if each.applied is not None and each.applied.document is not None:
            click.echo(encode_document(each.applied.document).decode())
    _judge(out, [finding for each in sets for finding in each.findings])


@map_.command()
@click.argument("name", metavar="MAP")
@click.argument("file", metavar="CANONICAL.json", type=NAMED_FILE)
@click.option(
    "--sender", metavar="QQ:ID", help="Who signs: qualifier and id (ZZ:MEDCM). Else as the partner file says."
)
@click.option("--receiver", metavar="QQ:ID", help="Whom it is for. Else the partner.")
@click.option("--bare", is_flag=True, help="Write ST…SE alone, without ISA and GS.")
@reports
def render(out: Output, name: str, file: Path, sender: str | None, receiver: str | None, bare: bool) -> None:
    """Write the document in CANONICAL.json through MAP: the wire on stdout, findings on stderr.

    The clock stands and every control number is 1, so that the same document gives the same bytes.
    """
    chosen = _map(name)
    document = document_from_json(read_named(file))
    partner = load_partners(_configuration()).get(chosen.partner) if chosen.partner else None
    written = write_document(
        chosen,
        document,
        dress=_dress(chosen, partner, _party(sender), _party(receiver)),
        bare=bare,
    )
    if written.data is not None:
        click.echo(written.data.decode())
    _judge(out, written.findings, refused=written.data is None)


@map_.command("test")
@click.argument("names", metavar="[MAP…]", nargs=-1)
@click.option("--accept", is_flag=True, help="Rewrite what the cases expect to what they get; review the difference.")
@reports
def test_cases(out: Output, names: tuple[str, ...], accept: bool) -> None:
    """Run the cases beside the maps (all of them, or those of MAP…) and show every difference by field."""
    library = _library()
    failed = run = 0
    results: list[dict[str, object]] = []
    for name in names or library.names():
        chosen = library.map(name)
        cases = library.files.cases(name)
        if not cases:
            failed += 1
            out.note(f"{name}: has no cases; add mappings/{name}/cases/<sentence>/input.{chosen.family.extension}")
        for folder in cases:
            result = run_case(chosen, folder, accept=accept)
            run += 1
            failed += not result.passed
            results.append({"map": name, "case": result.name, "differences": result.differences})
            if not out.as_json:
                out.line(f"{'ok  ' if result.passed else 'FAIL'} {name}: {result.name}")
                for difference in result.differences:
                    out.line(f"       {difference}")
    out.value({"cases": results, "failed": failed}, {})
    out.note(f"{run} case{'' if run == 1 else 's'}, {failed} failed")
    if failed:
        refuse()


@map_.command()
@click.argument("names", metavar="[MAP…]", nargs=-1)
@reports
def lint(out: Output, names: tuple[str, ...]) -> None:
    """Say everything that is wrong with the maps: file, line, column, what was meant.

    What is allowed and most likely a mistake is a warning, and no fault: exit code 0.
    """
    library = _library()
    faults: list[MapFault] = []
    warnings: list[MapFault] = []
    for name in names or library.names():
        faults += [fault for fault in library.faults(name) if fault not in faults]
        warnings += [doubt for doubt in library.doubts(name) if doubt not in warnings]
    if out.as_json:
        out.value({"faults": faults, "warnings": warnings})
    else:
        for warning in warnings:
            out.line(f"warning: {warning}")
        for fault in faults:
            out.line(str(fault))
    out.note(f"{len(faults)} fault{'' if len(faults) == 1 else 's'} in {len(names or library.names())} maps")
    if faults:
        refuse()


@map_.command()
@click.argument("arguments", metavar="[MAP] FILE", nargs=-1, required=True)
@reports
def explain(out: Output, arguments: tuple[str, ...]) -> None:
    """Show every field of FILE: its value, where it stands on the wire, and the rule that read it.

    Without MAP: that of the partner who signed the envelope, else the base map of the set.
    """
    if len(arguments) > 2:
        raise click.UsageError("one map and one file")
    file = NAMED_FILE.convert(arguments[-1], None, None)
    data = read_named(file)
    chosen = _map(arguments[0] if len(arguments) == 2 else _map_for(data))
    findings: list[Diagnostic] = []
    for each in read_documents(chosen, data, provenance=True):
        findings += each.findings
        _explain(out, chosen, each)
    _judge(out, findings)


@map_.command()
@click.argument("name", metavar="MAP")
@click.argument("files", metavar="[FILE…]", nargs=-1, type=NAMED_FILE)
@reports
def coverage(out: Output, name: str, files: tuple[Path, ...]) -> None:
    """Say which rules of MAP never fired, which elements nobody read, which fields nobody said.

    Looks at FILE…, or at the cases beside the map.
    """
    library = _library()
    chosen = library.map(name)
    looked = list(files) or [
        path for folder in library.files.cases(name) for path in folder.glob(f"*.{chosen.family.extension}")
    ]
    told = coverage_of(chosen, [read_named(path) for path in looked])
    if out.as_json:
        out.value(told)
        return
    fired = told.rules - len(told.silent)
    out.line(f"{fired} of {told.rules} rules fired in {told.sets} sets")
    for title, lines in (
        ("never fired", [f"{field}  {where}" for field, where in told.silent]),
        ("never read", [f"{place}  {count} times" for place, count in told.unread]),
        ("never said", list(told.unsaid)),
    ):
        for line in lines:
            out.line(f"{title}: {line}")


@map_.command()
@click.argument("names", metavar="[OLD] NEW", nargs=-1, required=True)
@click.option("--on", "files", metavar="FILE", multiple=True, type=NAMED_FILE, help="Also try both on this file.")
@click.option("--last", metavar="N", type=click.IntRange(1), help="Also try both on the last N stored messages.")
@click.option("--data", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Where they are stored.")
@reports
def diff(out: Output, names: tuple[str, ...], files: tuple[Path, ...], last: int | None, data: Path | None) -> None:
    """Show what map NEW says otherwise than map OLD, or than the map it extends; and what that does to documents.

    A map is named as everywhere, or by the path of a .toml file: an older version of it, say. FILE is what a partner
    sent, or a canonical document (JSON) for a map that writes. Lines that mean the same are no difference.
    """
    if len(names) > 2:
        raise click.UsageError("one map, or two")
    library = _library()
    new = _named(names[-1])
    old = _named(names[0]) if len(names) == 2 else library.files.base(new)
    if old is None:
        raise Misconfigured.told(f"{new} extends no other map", remedy=f"name the one to compare it with: OLD {new}")
    tried = [Sample(name=path.name, body=read_named(path)) for path in files]
    if last:
        from hub.cli.map_stored import stored  # a database is slow to import and seldom asked

        tried += stored(data, [library.map(old), library.map(new)], last)
    compared = compare(library, old, new, tried)
    if out.as_json:
        out.value(compared)
    else:
        show(compared)


@map_.command()
@click.option("--from", "files", metavar="FILE", multiple=True, required=True, type=NAMED_FILE, help="What they send.")
@click.option("--partner", metavar="ID", required=True, help="Whose map it becomes.")
@click.option("--map", "name", metavar="MAP", help="The map to start from; else the one that reads the first sample.")
@reports
def new(out: Output, files: tuple[Path, ...], partner: str, name: str | None) -> None:
    """Propose a partner's map from samples: the base map, and a line for all it leaves unread (on stdout)."""
    if not is_partner_id(partner):
        raise click.BadParameter(f"'{partner}' is no partner's id: lower-case words joined by hyphens")
    data = [read_named(path) for path in files]
    proposed = propose(_map(name or _base_map(data[0])), data, partner)
    if out.as_json:
        out.value({"map": proposed})
    else:
        click.echo(proposed, nl=False)


@map_.command()
@click.argument("name", metavar="MAP")
@click.option("--canonical", is_flag=True, help="Print the document as canonical JSON instead of the wire.")
@reports
def sample(out: Output, name: str, canonical: bool) -> None:
    """Print a document made from MAP and its guide: valid, and saying as much as may stand together."""
    chosen = _map(name)
    partner = load_partners(_configuration()).get(chosen.partner) if chosen.partner else None
    document, written = sample_document(chosen, _dress_of_a_sample(chosen, partner))
    if canonical or out.as_json:
        click.echo(encode_document(document).decode())
    elif written.data is not None:
        click.echo(written.data.decode())
    _judge(out, written.findings, refused=written.data is None)


@map_.command()
@click.argument("name", metavar="MAP")
@reports
def fields(out: Output, name: str) -> None:
    """List what MAP says: each canonical field, where it stands on the wire, and the line that says so."""
    out.items(
        rules_of(_map(name)),
        {
            "field": lambda rule: rule.field,
            "wire": lambda rule: " | ".join(rule.wire),
            "else": lambda rule: rule.otherwise,
            "way": lambda rule: rule.way,
            "rule": lambda rule: rule.where,
        },
        none="It says nothing.",
    )


@map_.command()
@click.argument("name", metavar="MAP")
@click.option("--write", is_flag=True, help="Print what writes documents instead of what reads them.")
@reports
def source(out: Output, name: str, write: bool) -> None:
    """Print the Python that MAP is compiled to, as a traceback names it."""
    compiled = _map(name).compiled
    said = compiled.write_source if write else compiled.source
    if out.as_json:
        out.value({"source": said})
    else:
        click.echo(said, nl=False)


def _explain(out: Output, chosen: Map, each: DocumentRead) -> None:
    if each.applied is None or each.applied.document is None:
        return
    out.items(
        explained(chosen, each.applied, each.received),
        {
            "field": lambda field: field.path,
            "value": lambda field: field.value,
            "wire": lambda field: field.place,
            "as sent": lambda field: field.sent,
            "rule": lambda field: field.rule,
            "why": lambda field: field.why,
        },
        none="Nothing was read.",
    )


def _judge(out: Output, findings: list[Diagnostic], *, refused: bool = False) -> None:
    """Say the findings on stderr, and end with 1 when any rejects."""
    for finding in findings:
        out.note(as_json(finding.spelled_out) if out.as_json else str(finding))
    if refused or (findings and worst(findings).is_reject):
        refuse()


def _configuration() -> Configuration:
    return find_configuration(load(os.environ).config_path)


def _library() -> MapLibrary:
    roots = _configuration().roots
    return MapLibrary(roots, SchemaLibrary(roots))


def _named(name: str) -> str:
    """Return the name of a map; for a file outside ``mappings``, its whole path, which no name can be mistaken for."""
    is_file = name.endswith(".toml") and Path(name).is_file()
    return (str(Path(name).absolute()) if is_file else name).removesuffix(".toml")


def _map(name: str) -> Map:
    return _library().map(name.removesuffix(".toml"))


def _base_map(data: bytes) -> str:
    """Return the name of the base map of the standard that a file is of, else of the map of whoever's own it is."""
    rules = Rules(_configuration())
    found = base_map_for(data, rules) or map_of(data, rules)
    if found is None:
        raise Misconfigured.told("no base map reads the file", remedy="name the map it is to begin with: --map MAP")
    return found.name


def _map_for(data: bytes) -> str:
    """Return the name of the map for a file: the sender's, or the base map of its first document."""
    found = map_of(data, Rules(_configuration()))
    if found is None:
        raise Misconfigured.told("no map of ours reads the file", remedy="name the map: hub map explain MAP FILE")
    return found.name


def _party(text: str | None) -> X12Party | None:
    if text is None:
        return None
    qualifier, colon, identity = text.rpartition(":")
    if not identity or len(qualifier or "ZZ") != 2:
        raise click.BadParameter(f"'{text}' is no envelope id; write ZZ:MEDCM")
    return X12Party(qualifier=qualifier if colon else "ZZ", id=identity)


def _dress(map_: Map, partner: Partner | None, sender: X12Party | None, receiver: X12Party | None) -> object:
    """Return how a document is written to the partner; in an envelope of X12 as whoever is named signs it."""
    dress = SYNTAXES[map_.family.name].dress(partner) if partner else EnvelopeStyle()
    if not isinstance(dress, EnvelopeStyle):
        return dress
    return replace(dress, sender=sender or dress.sender, receiver=receiver or dress.receiver)


def _dress_of_a_sample(map_: Map, partner: Partner | None) -> object:
    """Return the envelope of X12 that was agreed with the partner; of what they send, they sign it."""
    dress = _dress(map_, partner, None, None)
    if partner is None or not isinstance(dress, EnvelopeStyle):
        return None
    theirs = map_.name in partner.sends.values()
    return replace(dress, sender=dress.receiver, receiver=dress.sender) if theirs else dress
