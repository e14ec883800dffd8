"""What a syntax says of a body before it is stored: the values, and what is said by those who have no word for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from hub.exchange.partners import Partner
from hub.kernel.struct import Struct


class Signature(Struct):
    """By what a body itself shows who sent it."""

    secret: str = ""  # "": none, or not one alone
    several: bool = False  # there is more than one
    is_theirs: bool = False  # who signs it is the partner in question, as its file has it
    is_due: bool = False  # the partner's file says that all of this kind are signed
    missing: str = ""  # why there is no secret, in the words of the syntax
    wrong: str = ""  # what is said of one that is not as agreed, or of a sender who is not


class ShownSecret(Protocol):
    """A secret that a body shows, and is to show nowhere else."""

    @property
    def longest(self) -> int:
        """Return how many bytes it may take, however it is coded."""

    def stands_in(self, content: bytes) -> bool:
        """Say whether it stands in what would be kept of the body."""

    def is_said(self, text: str) -> bool:
        """Say whether it stands in what is said beside the body."""


class DoorAnswer(Struct):
    """What the door says to a request, in the words of no syntax."""

    status: int  # of HTTP
    text: str = ""  # what is wrong
    message: str | None = None  # id of the message
    link: str | None = None  # where its verdict will stand
    duplicate: bool = False


class ShapedReceipt(Struct):
    """The same as a syntax says it."""

    body: bytes
    content_type: str
    status: int


class DoorWords:
    """What a syntax says in which nothing is signed, and whose sender hears what everybody hears."""

    signs = False
    """Whether what is of it shows who sent it."""

    def is_called(self, content_type: str) -> bool:
        """Say whether a body of that type, in small letters and without parameters, may be of it."""
        return False

    def may_hide_behind(self, head: bytes) -> bool:
        """Say whether a secret may stand behind the beginning of a body that nobody takes in, and so never reads."""
        return False

    def without_secrets(self, head: bytes) -> tuple[bytes, bool]:
        """Return the beginning of a body, as long as it was, with each secret in it blotted out.

        With it, whether the last of them does not end there.
        """
        return head, False

    def hides_a_secret(self, head: bytes) -> bool:
        """Say whether a secret stands in the beginning of a body, in a coding of which nothing there tells."""
        return False

    def names_a_secret(self, said: str) -> bool:
        """Say whether what is said beside a body names a secret, or a card."""
        return False

    def behind(self, head: bytes) -> Callable[[bytes], bool] | None:
        """Return what says of each piece behind ``head`` whether a secret begins in it; None where none can."""
        return None

    def signature(self, head: bytes, partner: Partner | None) -> Signature | None:
        """Return what a body that begins with ``head`` shows of who sent it; None where it is of another syntax.

        ``partner`` is in whose name it is handed in, if that is a partner.
        """
        return None

    def shown_secret(self, head: bytes) -> ShownSecret | None:
        """Return the secret that a body shows which begins with ``head``; None where it shows none."""
        return None

    def receipt(self, said: DoorAnswer, payload: str, at: datetime) -> ShapedReceipt | None:
        """Return what its sender hears at once; ``payload`` is the id of the answer. None: what everybody hears."""
        return None
