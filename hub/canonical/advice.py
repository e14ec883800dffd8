"""Application advice: what the receiver's application says about a document that was syntactically sound."""

from __future__ import annotations

from hub.canonical.shared import OrderRef, Party, Reference
from hub.kernel.struct import Struct
from hub.kernel.words import When


class Finding(Struct):
    """One fault the receiver found. Positions count as the standard counts them, from 1."""

    code: str
    text: str | None = None
    segment: str | None = None
    position: int | None = None
    element: int | None = None
    component: int | None = None
    data_element: int | None = None
    found: str | None = None
    expected: str | None = None
    remedy: str | None = None  # what its sender can do


class Judged(Struct):
    """One document the advice speaks of, and its verdict."""

    verdict: str
    reference: Reference | None = None
    sender: str | None = None
    receiver: str | None = None
    sent: When | None = None
    group_number: int | None = None
    control_number: str | None = None
    set: str | None = None
    release: str | None = None
    order: OrderRef | None = None
    findings: list[Finding] = []


class ApplicationAdvice(Struct):
    """The receiver's application accepts, changes or rejects documents (X12 824)."""

    number: str
    purpose: str | None = None
    issued: When | None = None
    parties: list[Party] = []
    documents: list[Judged] = []
