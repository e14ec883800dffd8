"""Why bytes are no X12 that could be taken apart: what is said of each, and what its sender can do.

Two tell of it: the hub that was sent the bytes says both in one sentence, for whoever looks at them; ``hub x12 check``
says what it is, and what to do as its remedy (``CHECKED``).
"""

from __future__ import annotations

from hub.kernel.errors import Unreadable
from hub.kernel.sentence import CHECKED, Phrase, Word, declared


def unreadable(key: str, *, offset: int = 0, **words: Word) -> Unreadable:
    """Return why nothing can be read, to be raised; ``key`` is of the table, and ``words`` fill its sentence."""
    return Unreadable(key, offset=offset, **words)


_LOOK = "Look at the bytes, and ask the partner what was meant"
_SEND = "send an X12 interchange, from ISA to IEA"
_SPLIT = "split it and send the parts one by one"

UNREADABLE = {
    "SYN-NOT-X12/edifact": ("This is an EDIFACT interchange", "send it as X12"),
    "SYN-NOT-X12/xml": ("This is an XML document", "send X12, or have the XML agreed first"),
    "SYN-NOT-X12/cxml": ("This is a cXML", "send X12, or have the cXML agreed first"),
    "SYN-NOT-X12/json": ("This is a JSON document", "send X12, or have the JSON agreed first"),
    "SYN-NOT-X12/parts": (
        "This body is made of parts (multipart), and none of them is an interchange", "send the interchange alone"
    ),
    "SYN-NOT-X12/zip": ("This is a ZIP archive", "send what is in it, or have the package agreed first"),
    "ENV-UTF-16": ("the file is UTF-16, which X12 never is", "save it as UTF-8 and send it again"),
    "ENV-EMPTY": ("the file is empty, or holds only blanks", "send an interchange, from ISA to IEA"),
    "ENV-ISA-UNREADABLE/cut": (
        "an ISA begins the file, but it is cut short or has not 16 elements", "send the whole interchange again"
    ),
    "ENV-NO-INTERCHANGE": (
        "This is no message that is known here: no ISA begins in its first {length} bytes", _SEND
    ),
    "ENV-TOO-MANY-SETS": ("the file holds more than {most} transaction sets and was not read", _SPLIT),
    "ENV-TOO-MANY-GROUPS": ("the file holds more than {most} functional groups and was not read", _SPLIT),
    "ENV-TOO-MANY-INTERCHANGES": ("the file holds more than {most} interchanges and was not read", _SPLIT),
    "ENV-DISGUISED/gzip": ("the file is compressed (gzip)", "send it unpacked"),
    "ENV-DISGUISED/bzip2": ("the file is compressed (bzip2)", "send it unpacked"),
    "ENV-DISGUISED/xz": ("the file is compressed (xz)", "send it unpacked"),
    "ENV-DISGUISED/zstd": ("the file is compressed (zstd)", "send it unpacked"),
    "ENV-DISGUISED/7z": ("the file is a 7z archive", "send what is in it"),
    "ENV-DISGUISED/rar": ("the file is a RAR archive", "send what is in it"),
    "ENV-DISGUISED/pdf": ("the file is a PDF document", "send the interchange itself"),
    "ENV-DISGUISED/office": ("the file is a document of an office program", "send the interchange itself"),
    "ENV-DISGUISED/picture": ("the file is a picture", "send the interchange itself"),
    "ENV-DISGUISED/pgp": ("the file is enciphered or signed (PGP), and no key for it is set up", "send it plain"),
    "ENV-DISGUISED/pkcs7": (
        "the file is enciphered or signed (PKCS #7), and no key for it is set up", "send it plain"
    ),
    "ENV-DISGUISED/idoc": ("the file is an IDoc of SAP", "send it as X12"),
    "ENV-DISGUISED/ebcdic": (
        "the file is in EBCDIC", "have it translated on the way (transfer it as text) and send it as UTF-8"
    ),
    "ENV-DISGUISED/web-form": (
        "the interchange is written for a web form (%2A for *)", "send it as the body, as it is"
    ),
    "ENV-DISGUISED/hexadecimal": ("the interchange is written in hexadecimal digits", "send it as it is"),
    "ENV-DISGUISED/lower-case": (
        "the interchange is written in lower case", "X12 has capitals: send it as it was before"
    ),
    "ENV-DISGUISED/mail": (
        "the interchange is written for mail (quoted-printable)", "send it as it is, or have it decoded first"
    ),
    "ENV-DISGUISED/web-page": ("the interchange is written for a web page (&gt; for >)", "send it as it is"),
    "ENV-DISGUISED/s-mime": (
        "the message is enciphered or signed (S/MIME), and no key for it is set up", "send it plain"
    ),
    "ENV-DISGUISED/base64": (
        "the interchange is written in base64", "send it as it is, or have it decoded first"
    ),
}  # fmt: skip
declared({key: Phrase(message=f"{what}; {then}", remedy=_LOOK) for key, (what, then) in UNREADABLE.items()})
declared(
    {
        key + ("-" if "/" in key else "/") + CHECKED: Phrase(message=what, remedy=then)
        for key, (what, then) in UNREADABLE.items()
    }
)
