"""Cases beside the map: what a partner sends and what we make of it, kept as files and run by ``hub map test``.

A folder ``cases/<sentence>/`` holds ``input.edi`` with ``expected.json``, or ``input.json`` with ``expected.edi``
(``xml``, ``wire.json``: as the map's family calls its files);
``expected-diagnostics.json`` lists the findings, and without it there may be none. ``case.toml`` says how the wire
comes back (``returns = "identical"``, ``"settled"`` or ``"not"``); without it a case must come back settled: read
again, it says the same. The clock stands and the control number is 1.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

from hub.canonical.stored import encode_document
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.errors import HubError
from hub.kernel.struct import Struct
from hub.mapping.cover import UNWEIGHED
from hub.mapping.documents import DocumentRead, document_from_json, read_documents, write_document
from hub.mapping.library import Map

Returns = Literal["identical", "settled", "not"]
DIAGNOSTICS = "expected-diagnostics.json"


class CaseResult(Struct):
    """How one case went: every difference in one line, none when it passed."""

    name: str
    differences: list[str] = []

    @property
    def passed(self) -> bool:
        return not self.differences


def run_case(map_: Map, folder: Path, *, accept: bool = False) -> CaseResult:
    """Run one case; with ``accept`` rewrite what it expects to what it gets."""
    try:
        if (folder / f"input.{map_.family.extension}").is_file():
            return _inbound(map_, folder, accept=accept)
        if (folder / "input.json").is_file():
            return _outbound(map_, folder, accept=accept)
    except HubError as fault:
        return CaseResult(name=folder.name, differences=[str(fault)])
    return CaseResult(name=folder.name, differences=[f"has neither input.{map_.family.extension} nor input.json"])


def _inbound(map_: Map, folder: Path, *, accept: bool) -> CaseResult:
    sets = list(read_documents(map_, (folder / f"input.{map_.family.extension}").read_bytes()))
    documents = [json.loads(encode_document(s.applied.document)) for s in sets if s.applied and s.applied.document]
    found = documents[0] if len(documents) == 1 else documents
    findings = [_shown(finding) for each in sets for finding in each.findings]
    if accept:
        _write(folder / "expected.json", found)
        _accept_findings(folder, findings)
    differences = _compare("", _load(folder / "expected.json"), found)
    differences += _compare("diagnostics", _load(folder / DIAGNOSTICS, []), findings)
    for each in sets:
        if each.applied is not None and each.applied.document is not None:
            differences += _returns(map_, each, _wanted_return(folder))
    return CaseResult(name=folder.name, differences=differences)


def _outbound(map_: Map, folder: Path, *, accept: bool) -> CaseResult:
    written = write_document(map_, document_from_json((folder / "input.json").read_bytes()))
    pieces = map_.family.pieces(written.data or b"")
    file = folder / f"expected.{map_.family.extension}"
    findings = [_shown(finding) for finding in written.findings]
    if accept:
        file.write_text("\n".join(pieces), encoding="utf-8")
        _accept_findings(folder, findings)
    expected = file.read_text(encoding="utf-8") if file.is_file() else ""
    differences = _compare("wire", expected.split("\n"), pieces)
    differences += _compare("diagnostics", _load(folder / DIAGNOSTICS, []), findings)
    return CaseResult(name=folder.name, differences=differences)


def _returns(map_: Map, each: DocumentRead, wanted: Returns) -> list[str]:
    """Return how the way back falls short of what the case states."""
    if wanted == "not" or each.applied is None or each.applied.document is None:
        return []
    document = each.applied.document
    written = write_document(map_, document, dress=map_.family.dress(each.received))
    if written.data is None:
        return [f"way back: {finding}" for finding in written.findings]
    again = [s for s in read_documents(map_, written.data) if s.applied is not None]
    differences = [f"way back: {finding}" for finding in written.findings]
    second = again[0].applied.document if again and again[0].applied else None
    if len(again) != 1 or second is None or _sendable(second) != _sendable(document):
        differences.append("way back: read again, it says something else")
        if second is not None:
            differences += _compare("way back", _sendable(document), _sendable(second))
    if wanted == "identical" and again:
        body = map_.family.body
        differences += _compare("way back", body(each.received), body(again[0].received))
    return differences


def _sendable(document: Struct) -> Any:
    """Return what ``document`` says; what a reading did not weigh is ours alone."""
    return _without_unweighed(json.loads(encode_document(document)))


def _without_unweighed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_unweighed(inner) for name, inner in value.items() if name != UNWEIGHED}
    return [_without_unweighed(inner) for inner in value] if isinstance(value, list) else value


def _wanted_return(folder: Path) -> Returns:
    path = folder / "case.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8")).get("returns") if path.is_file() else None
    if said == "identical":
        return "identical"
    return "not" if said == "not" else "settled"


def _shown(finding: Diagnostic) -> dict[str, Any]:
    place = finding.location
    shown = {
        "code": finding.code,
        "severity": finding.severity.name.lower(),
        "segment": place.segment,
        "tag": place.tag,
        "element": place.element,
        "component": place.component,
        "at": place.at,
        "line": place.line,
        "path": place.path,
        "message": finding.message,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _compare(path: str, expected: Any, found: Any) -> list[str]:
    """Return the differences by field, in words: ``lines[0].quantity.value: expected "5", found "50"``."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [*expected, *(name for name in found if name not in expected)]
        inner = [_compare(f"{path}.{n}".lstrip("."), expected.get(n), found.get(n)) for n in names]
        return [difference for each in inner for difference in each]
    if isinstance(expected, list) and isinstance(found, list):
        longest = range(max(len(expected), len(found)))
        inner = [_compare(f"{path}[{at}]", _item(expected, at), _item(found, at)) for at in longest]
        return [difference for each in inner for difference in each]
    if expected == found:
        return []
    return [f"{path or 'document'}: expected {_said(expected)}, found {_said(found)}"]


def _item(values: list[Any], at: int) -> Any:
    return values[at] if at < len(values) else None


def _said(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _load(path: Path, default: Any = None) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default


def _write(path: Path, value: Any) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def _accept_findings(folder: Path, findings: list[dict[str, Any]]) -> None:
    if findings:
        _write(folder / DIAGNOSTICS, findings)
    else:
        (folder / DIAGNOSTICS).unlink(missing_ok=True)
