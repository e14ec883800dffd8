"""What stands in a broken XML before its break: a root element with all that is whole up to there.

In: the first bytes of a body. Out: its root element, or None. A text that the break cuts short is left out, for half a
number is none. Best effort, and never a document: by it people find what was cut short on its way.
"""

from __future__ import annotations

from lxml import etree

from hub.formats.xml.reader import DECLARATION, TakesDoctype, doctype_in, legible, no_doctype


def before_the_break(data: bytes, takes: TakesDoctype = no_doctype) -> etree._Element | None:
    """Return the root element of what stands before the break; None where not even that does."""
    text = legible(data)[0].lstrip()
    if text.startswith(DECLARATION):
        text = text.partition("?>")[2]
    at = doctype_in(text)
    if at is not None:
        end = takes(text, at)
        if not isinstance(end, int):
            return None
        text = text[:at] + text[end:]
    root, whole = _parsed(text, recover=False)
    return root if root is not None else _parsed(whole, recover=True)[0]


def _parsed(text: str, *, recover: bool) -> tuple[etree._Element | None, str]:
    """Return the root element of a text, and what of it is whole: up to the last tag before the parser stumbles."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False,
        recover=recover,
    )  # fmt: skip
    try:
        return etree.fromstring(text.encode(), parser), text
    except etree.XMLSyntaxError as fault:
        line, column = fault.position
        lines = text.split("\n", line)[: max(line, 1)]
        lines[-1] = lines[-1].encode()[: max(column - 1, 0)].decode(errors="ignore")
        before = "\n".join(lines)
        return None, before[: before.rfind(">") + 1]
