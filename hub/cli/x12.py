"""``hub x12``: work on X12 files from the shell, storing nothing.

``check`` reads files, judges every set against our guides and says one word for each file. In go paths;
out come verdicts on stdout, findings on stderr, with ``--ack`` the answers the sender would get.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from hub.cli.named import NAMED_FILE, open_named
from hub.cli.output import Output, as_json, refuse, reports, shown
from hub.exchange.partners import load_partners
from hub.flow.x12.guides import agreed_with
from hub.formats.x12.agreed import ANYTHING, Agreed
from hub.formats.x12.answer import answer
from hub.formats.x12.check import FindGuide, Opinion, Report, check
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.guide import Guide
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.judgement import BARE_RELEASE
from hub.kernel.clock import SystemClock
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.platform.configuration import Configuration, find_configuration
from hub.platform.settings import load

VERDICTS = ("valid", "findings", "no-guide", "not-x12")
REFUSING = {"findings", "not-x12"}


@click.group()
def x12() -> None:
    """Judge X12 files against our guides, storing nothing."""


@x12.command("check")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=NAMED_FILE)
@click.option("--guide", metavar="G", help="Judge sets of its kind by this guide: x12/004010/850, or PARTNER/850.")
@click.option(
    "--partner", metavar="P", help="Judge as the hub would that receives it from this partner: ids, releases, sets."
)
@click.option(
    "--ack", is_flag=True, help="Print the TA1 and 997 the sender would get on stdout; verdicts go to stderr."
)
@click.option("--second-opinion", is_flag=True, help="Let pyx12 judge each set too, with maps made from our guides.")
@reports
def check_files(
    out: Output, files: Sequence[Path], guide: str | None, partner: str | None, ack: bool, second_opinion: bool
) -> None:
    """Say for each FILE: valid, findings, no-guide (read to its end, set not in our guides) or not-x12.

    Findings go to stderr, one line each. A bare ST…SE without its envelope is taken too. Exit code 1
    when a file has findings or is no X12, 2 when a file cannot be opened.
    """
    configuration = find_configuration(load(os.environ).config_path)
    library = GuideLibrary(configuration.roots)
    find_guide = _guides(configuration, library, guide, partner)
    agreed = _agreed(configuration, library, partner, guide_named=guide is not None)
    opinion = _second_opinion() if second_opinion else None
    counted: Counter[str] = Counter()
    with out.progress("reading sets") as step:
        for path in files:
            with open_named(path) as file:
                report = check(file, find_guide, agreed=agreed, opinion=opinion, step=step)
            counted[report.verdict] += 1
            _show(out, path, report, ack=ack)
    if len(files) > 1:
        out.note(_summary(counted))
    if REFUSING & counted.keys():
        refuse()


def _agreed(configuration: Configuration, library: GuideLibrary, partner: str | None, *, guide_named: bool) -> Agreed:
    """Return what a file is held against: what the partner's file says, else the releases we have guides for."""
    if partner is None:
        return ANYTHING if guide_named else Agreed(releases=frozenset(library.releases()))
    partners = load_partners(configuration)
    found = partners.get(partner)
    if found is None:
        fault = partners.faults.get(partner)
        raise click.BadParameter(str(fault) if fault else f"there is no partner {partner}", param_hint="--partner")
    return agreed_with(found)


def _guides(configuration: Configuration, library: GuideLibrary, name: str | None, partner: str | None) -> FindGuide:
    """Return how guides are found: by release and set, or for sets of its kind the one that was named."""
    if name is None:
        return partial(library.guide, partner=partner)
    base, _, kind = name.removeprefix("x12/").removesuffix(".toml").rpartition("/")
    is_known = base in library.releases() or base in configuration.folders("partners")
    named = _named(library, base, kind, BARE_RELEASE) if is_known else None
    if named is None:
        raise click.BadParameter(f"there is no guide {name}; there are: {_known(library)}", param_hint="--guide")

    def find(release: str, set: str) -> Guide | None:
        if set != kind:
            return library.guide(release, set, partner)
        return _named(library, base, kind, release) or named

    return find


def _named(library: GuideLibrary, base: str, kind: str, release: str) -> Guide | None:
    """Return the guide of a release ("004010"), or ``release``'s as a partner narrows it."""
    return library.guide(base, kind) if base in library.releases() else library.guide(release, kind, base)


def _known(library: GuideLibrary) -> str:
    return ", ".join(f"x12/{release}/{set}" for release in library.releases() for set in library.sets(release))


def _second_opinion() -> Opinion:
    from hub.formats.x12.second_opinion import second_opinion  # pyx12 is slow to import and seldom asked

    def opinion(received: TransactionSet, guide: Guide) -> list[Diagnostic]:
        said = second_opinion(received.segments, guide, received.separators)
        here = received.place()
        at = {"envelope": here.envelope, "group": here.group, "document": here.document}
        return [replace(one, location=replace(one.location, **at)) for one in said]

    return opinion


def _show(out: Output, path: Path, report: Report, *, ack: bool) -> None:
    answers = _answers(out, path, report) if ack else ""
    if out.as_json:
        click.echo(_written(path, report, answers if ack else None))
        return
    for found in [*report.findings, *report.second_opinions]:
        out.note(f"{shown(str(path))}: {found}")
    sets = f"{len(report.sets)} set{'' if len(report.sets) == 1 else 's'}"
    click.echo(f"{report.verdict:<9} {shown(str(path))} ({sets})", err=ack)
    if answers:
        click.echo(answers, nl=False)


def _answers(out: Output, path: Path, report: Report) -> str:
    """Return every answering interchange as text; what cannot be written is said on stderr."""
    texts = []
    now = SystemClock().now()
    for number, received in enumerate(report.interchanges, start=1):
        written = answer(received, now, control_number=number)
        if written is None:
            continue
        for found in written.findings:
            out.note(f"{shown(str(path))}: the answer cannot be written: {found}")
        texts.append((written.body or b"").decode("ascii"))
    return "".join(texts)


def _written(path: Path, report: Report, answers: str | None) -> str:
    told: dict[str, object] = {
        "file": shown(str(path)),
        "verdict": report.verdict,
        "sets": report.sets,
        "findings": [_finding(found) for found in report.findings],
    }
    if report.second_opinions:
        told["second_opinions"] = [_finding(found) for found in report.second_opinions]
    if answers is not None:
        told["acknowledgement"] = answers
    return as_json(told)


def _finding(found: Diagnostic) -> dict[str, object]:
    shown: dict[str, object] = msgspec.to_builtins(found.spelled_out)
    return shown | {"severity": Severity(found.severity).name.lower()}


def _summary(counted: Counter[str]) -> str:
    total = sum(counted.values())
    parts = " · ".join(f"{counted[verdict]} {verdict}" for verdict in VERDICTS)
    return f"{total} files: {parts}; {total - counted['not-x12']} read to their end"
