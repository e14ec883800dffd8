"""Why a cXML is not opened, or opened with a remark: one code, one sentence and one remedy each."""

from __future__ import annotations

from collections.abc import Mapping

from hub.formats.named_faults import NamedFault, refused
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word, declared

_WHOLE = Severity.ENVELOPE

FAULTS: Mapping[str, NamedFault] = declared({
    "SYN-CXML-DOCTYPE": NamedFault(
        severity=_WHOLE,
        message="the DOCTYPE names '{found}', which is no DTD of cXML",
        remedy="name one of http://xml.cxml.org/schemas/cXML/, such as 1.2.050/cXML.dtd, or send it without",
    ),
    "SYN-CXML-PUBLIC": NamedFault(
        severity=_WHOLE,
        message="the DOCTYPE names its DTD by PUBLIC, and a cXML names it by SYSTEM",
        remedy="write SYSTEM and the address alone, without a public id, or send it without a DOCTYPE",
    ),
    "SYN-CXML-SUBSET": NamedFault(
        severity=_WHOLE,
        message="the DOCTYPE declares something itself, and nothing is declared in a cXML",
        remedy="leave out what stands between [ and ]; there are no entities but those of XML itself",
    ),
    "SYN-CXML-ROOT": NamedFault(
        severity=_WHOLE, message="the root element is '{found}', and must be cXML", remedy="write cXML, as the DTD does"
    ),
    "SYN-CXML-NAMESPACE": NamedFault(
        severity=_WHOLE,
        message="'{found}' stands in a namespace, and cXML has none",
        remedy="write its elements without prefix, and without xmlns",
    ),
    "SYN-CXML-EMPTY": NamedFault(
        severity=_WHOLE,
        message="there is no Request, Response or Message with something in it",
        remedy="send one document in each cXML, such as cXML/Request/OrderRequest",
    ),
    "SYN-CXML-SEVERAL": NamedFault(
        severity=_WHOLE,
        message="there are {most} documents, and a cXML holds one",
        remedy="send each in a cXML of its own, with a payloadID of its own",
    ),
    "SYN-CXML-TWICE": NamedFault(
        severity=_WHOLE,
        message="'{found}' stands twice in the envelope, and which is meant nobody can tell",
        remedy="say it once, with all the names that the party has",
    ),
    "SYN-CXML-STRAY": NamedFault(
        severity=Severity.WARNING,
        message="'{found}' stands in the envelope, where cXML has no place for it; it was not read",
        remedy="leave it out, or put it where it belongs",
    ),
    "SYN-MULTIPART": NamedFault(
        severity=_WHOLE,
        message="the multipart body cannot be taken apart: {found}",
        remedy="send it as RFC 2046 has it, the cXML as its first part, or send the cXML alone",
    ),
    "SYN-MULTIPART-END": NamedFault(
        severity=Severity.WARNING,
        message="the multipart body ends without its last boundary: something may be missing",
        remedy="end it with the boundary between two pairs of hyphens, and send it again if an attachment was cut",
    ),
    "SYN-ATTACHMENT": NamedFault(
        severity=Severity.WARNING,
        message="'{found}' ({type}, {count} bytes) is attached: it is kept with the message, and no machine read it",
        remedy="put what bears on the answer into the order itself; ask us where it must stand beside it",
    ),
    "SYN-ATTACHMENT-MISSING": NamedFault(
        severity=Severity.WARNING,
        message="{found} names an attachment that did not come with it",
        remedy="attach it, or leave the reference out",
    ),
    "SYN-ATTACHMENT-MORE": NamedFault(
        severity=Severity.WARNING,
        message="{most} more attachments came with it; they are kept with the message, and no machine has read them",
        remedy="put what bears on the answer into the order itself; ask us where it must stand beside it",
    ),
})  # fmt: skip


def refusal(code: str, location: Location, *, found: Word = "", most: object = "") -> Diagnostic:
    """Return the finding ``code``; ``most`` is the limit, or what is the case."""
    return refused(code, FAULTS[code], location, found=found, most=most)
