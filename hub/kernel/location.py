"""Where something stands: in an envelope, in a document, or in a file of ours."""

from __future__ import annotations

from hub.kernel.struct import Struct


class Location(Struct):
    """A place a person can go to. What does not apply is not said."""

    envelope: str | None = None  # its reference (X12: ISA13)
    group: str | None = None  # the reference of a group of documents in it (X12: GS06)
    document: str | None = None  # its number in the group, as sent (X12: ST02)
    segment: int | None = None  # position in the document, from 1 (X12: ST = 1, as AK302 counts)
    tag: str | None = None  # segment identifier
    loop: str | None = None  # name of the loop the segment stands in
    element: int | None = None  # position in the segment, BEG03 = 3
    component: int | None = None  # position in the composite, from 1
    repetition: int | None = None  # from 1
    at: str | None = None  # XPath or JSON pointer in the document; "" is the pointer of the document itself (RFC 6901)
    path: str | None = None  # canonical path
    file: str | None = None  # a file of ours (map, guide, partner file)
    line: int | None = None
    column: int | None = None
    offset: int | None = None  # byte offset in the message

    @property
    def part(self) -> str:
        """How a person calls the part of the segment: ``PO102``, ``N104-2``."""
        return f"{self.tag}{self.element or 0:02d}" + (f"-{self.component}" if self.component else "")

    def __str__(self) -> str:
        parts: list[str] = []
        if self.file:
            parts.append(":".join(str(x) for x in (self.file, self.line, self.column) if x is not None))
        for label, value in (("envelope", self.envelope), ("group", self.group), ("document", self.document)):
            if value is not None:
                parts.append(f"{label} {value}")
        if self.segment is not None:
            parts.append(f"segment {self.segment}")
        if self.tag:
            name = self.tag + (f"{self.element:02d}" if self.element is not None else "")
            parts.append(name + (f"-{self.component}" if self.component is not None else ""))
        if self.at is not None:
            at = self.at or "the document itself"
            parts.append(at if self.line is None or self.file else f"{self._line} {at}")
        elif self.line is not None and not self.file:
            parts.append(self._line)
        if self.path:
            parts.append(self.path)
        if self.offset is not None:
            parts.append(f"byte {self.offset}")
        return " ".join(parts)

    @property
    def _line(self) -> str:
        return f"line {self.line}" + (f" column {self.column}" if self.column is not None else "")
