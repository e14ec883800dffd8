"""A partner's XSD as the library judges by it: loaded once, and what it finds told in our words where we have them.

In: the XSD's file, the root element of a document. Out: the model, and findings with their place.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from hub.formats.named_faults import DocumentFindings, more_findings
from hub.formats.xml.parser_words import in_words, plain
from hub.formats.xml.reader import called, line_of, xpath
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Misconfigured
from hub.kernel.location import Location

XSDS_KEPT_MAX = 64  # loaded models of partners' XSDs; a large one takes some MB
XSD_FINDINGS_MAX = 100
NODES_OF_PREFIXES_MAX = 1_000  # elements asked for the prefixes of a path: those of nearly all stand on the root


@lru_cache(XSDS_KEPT_MAX)
def model_of(file: str) -> etree.XMLSchema:
    """Return the model of a partner's XSD, loaded once. Raises ``Misconfigured``."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    try:
        return etree.XMLSchema(etree.parse(file, parser))
    except (OSError, etree.LxmlError) as fault:
        raise Misconfigured.of(fault, file=file, code="CFG-XSD") from fault


def found_by(root: etree._Element, model: etree.XMLSchema, told: set[int | None]) -> list[Diagnostic]:
    """Return what the partner's XSD finds on lines where nothing was told."""
    findings = DocumentFindings()
    log: Iterable[Any] = model.error_log  # type: ignore[assignment]  # the stubs do not say that it is one
    for entry in islice(log, XSD_FINDINGS_MAX):
        if entry.line not in told:
            element = _meant(root, entry.path, entry.line)
            location = Location(at=xpath(element), line=entry.line or line_of(element))
            foreseen = in_words(entry.message)
            if foreseen is None:
                findings.add("GDE-SCHEMA/unforeseen", called(element), location, said=plain(entry.message))
            else:
                findings.add("GDE-SCHEMA", called(element), location, expected=foreseen)
    more = sum(entry.line not in told for entry in islice(log, XSD_FINDINGS_MAX, None))
    return [*findings.finished(), *([more_findings(more, Severity.PART)] if more > 0 else [])]


def _meant(root: etree._Element, path: str | None, line: int) -> etree._Element:
    """Return the element that the library names by its own path, or by its line alone; else the root element."""
    spaces = {prefix: uri for each in islice(root.iter(), NODES_OF_PREFIXES_MAX) for prefix, uri in each.nsmap.items()}
    with suppress(etree.XPathError):
        named = {prefix: uri for prefix, uri in spaces.items() if prefix}
        found = root.getroottree().xpath((path or "").partition("/@")[0], namespaces=named)
        if isinstance(found, list) and found and isinstance(found[0], etree._Element):
            return found[0]
    return next((each for each in root.iter() if line_of(each) == line), root)
