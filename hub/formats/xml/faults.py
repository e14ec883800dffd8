"""Why an XML body is not opened, or opened or written with a remark: one code, one sentence and one remedy each."""

from __future__ import annotations

from collections.abc import Mapping

from hub.formats.named_faults import NamedFault, refused
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.marks import marked
from hub.kernel.sentence import Phrase, Word, declared

_WHOLE = Severity.ENVELOPE

FAULTS: Mapping[str, NamedFault] = declared({
    "SYN-XML-BYTES": NamedFault(
        severity=_WHOLE, message="the XML is larger than {most} bytes", remedy="send it in several documents"
    ),
    "SYN-XML-EMPTY": NamedFault(
        severity=_WHOLE,
        message="there is no element in the XML",
        remedy="send one document, from its root element to its end",
    ),
    "SYN-XML-ENCODING": NamedFault(
        severity=_WHOLE,
        message="the bytes {found} are no {most}, in which the XML says it is written",
        remedy="write it in UTF-8, or declare the encoding it is in",
    ),
    "SYN-XML-ENCODING-UNKNOWN": NamedFault(
        severity=_WHOLE, message="the XML says it is written in {found}, which is not taken", remedy="write it in UTF-8"
    ),
    "SYN-XML-ENCODING-OTHER": NamedFault(
        severity=Severity.WARNING,
        message="the XML says it is written in {found} and is written in {most}",
        remedy="declare the encoding it is in",
    ),
    "SYN-XML-CHARACTER": NamedFault(
        severity=_WHOLE,
        message="the character {found} may stand in no XML",
        remedy="leave it out where the document is made",
    ),
    "SYN-XML-DOCTYPE": NamedFault(
        severity=_WHOLE,
        message="the XML has a DOCTYPE, and none is taken here",
        remedy="send it without, and with no entities but those of XML itself",
    ),
    "SYN-XML-BROKEN": NamedFault(
        severity=_WHOLE,
        message="the XML is not well-formed: {found}",
        remedy="mend it where it is made, and send it again",
    ),
    "SYN-XML-BROKEN/unforeseen": NamedFault(
        severity=_WHOLE,
        message="the XML is not well-formed; its parser says: {found}",
        remedy="mend it where it is made, and send it again",
    ),
    "SYN-XML-MANY": NamedFault(
        severity=_WHOLE,
        message="another document begins here behind the first, and a message is one document",
        remedy="send one document at a time, from its root element to its end",
    ),
    "SYN-XML-ELEMENTS": NamedFault(
        severity=_WHOLE, message="the XML has more than {most} elements", remedy="send it in several documents"
    ),
    "SYN-XML-DEPTH": NamedFault(
        severity=_WHOLE,
        message="the XML nests deeper than {most} elements",
        remedy="send the document as it was agreed",
    ),
    "SYN-XML-ATTRIBUTES": NamedFault(
        severity=_WHOLE,
        message="an element has more than {most} attributes",
        remedy="send the document as it was agreed",
    ),
    "SYN-XML-NAMESPACES": NamedFault(
        severity=_WHOLE,
        message="the XML declares more than {most} namespaces",
        remedy="declare the namespaces the document uses, and no others",
    ),
    "SYN-XML-TEXT": NamedFault(
        severity=_WHOLE,
        message="a text is longer than {most} characters",
        remedy="send what is attached on another way",
    ),
})  # fmt: skip

declared(
    {
        "GDE-EMPTY": Phrase(
            message="{name} would say nothing, and is left out: its standard forbids empty elements",
            remedy="nothing, unless it should say something: then add a rule to the map",
        )
    }
)
marked("ours", "GDE-EMPTY")


def nothing_said(name: str) -> Diagnostic:
    """Return that an element of a document of ours was left out."""
    return Diagnostic(code="GDE-EMPTY", severity=Severity.NOTE, words={"name": name})


def refusal(code: str, location: Location, *, found: Word = "", most: object = "") -> Diagnostic:
    """Return the finding ``code``; ``most`` is the limit, or what is the case."""
    return refused(code, FAULTS[code], location, found=found, most=most)
