"""What is said of a body while it comes in: who sent it, what of it nobody keeps, what its sender hears at once.

In: the first bytes of a body, as they came. Who takes bodies in asks here, whatever their syntax. Nothing is opened and
nothing stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote

from hub.access.shared_secrets import SecretRing
from hub.exchange.partners import Partner
from hub.flow.signing import DoorAnswer, ShapedReceipt, ShownSecret, Signature
from hub.flow.syntax import Syntax
from hub.flow.syntaxes import SYNTAXES
from hub.formats.packed import is_form
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.kernel.errors import RefusedBody
from hub.kernel.sentence import Phrase, declared

_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}", re.ASCII)
_PARAMETER = re.compile(r"(?:charset|boundary)\s*=\s*[\x21-\x7e]{1,80}", re.IGNORECASE)

declared(
    {
        "refused/no-end": Phrase(
            message="a secret or a card in it has no end in the first 64 KiB, so nothing of it can be kept"
        ),
        "refused/behind": Phrase(
            message="a secret or a card stands behind its first 64 KiB, where it cannot be blotted out,"
            " so nothing of it is kept: send it within them, or without"
        ),
        "refused/secret-again": Phrase(
            message="its secret stands in it a second time beside the place that is meant for it, where it would be"
            " kept: leave it out there; nothing of this is kept"
        ),
        "refused/no-secret": Phrase(
            message="it has no secret",
            remedy="tell its sender: put the shared secret that was agreed into it, and drop it once more",
        ),
        "refused/several-secrets": Phrase(
            message="it has more than one secret",
            remedy="tell its sender: leave the one that was agreed, and drop it once more",
        ),
        "refused/wrong-secret": Phrase(
            message="its secret is wrong",
            remedy="ask its sender whether they dropped it; if so, agree on a new secret and "
            "have them drop it once more",
        ),
    }
)


def without_secrets(head: bytes, is_all: bool) -> bytes:
    """Return the beginning of a body, as long as it was, with every secret in it blotted out.

    ``is_all``: there is no more of it. Raises ``RefusedBody`` where a secret goes on behind it, or cannot be blotted
    out as it is coded.
    """
    kept, is_open = blotted(head)
    if is_open and not is_all:
        raise RefusedBody("refused/no-end")
    if hides_a_secret(kept):
        raise RefusedBody("refused/coded")
    if kept != head and (shown := shown_secret(head)) is not None and shown.stands_in(kept):
        raise RefusedBody("refused/secret-again")
    return kept


def shown_secret(head: bytes) -> ShownSecret | None:
    """Return the secret that a body shows which begins with ``head``, to be looked for elsewhere; None: none."""
    found = (syntax.shown_secret(head) for syntax in SYNTAXES.values())
    return next((each for each in found if each is not None), None)


def nothing_behind(head: bytes) -> Callable[[bytes], None]:
    """Return what looks at each piece behind ``head``, and raises ``RefusedBody`` where a secret begins in it."""
    looks = [syntax.behind(head) for syntax in SYNTAXES.values()]
    secret = shown_secret(head)
    before = b""

    def look(piece: bytes) -> None:
        nonlocal before
        if any(shows(piece) for shows in looks if shows is not None):
            raise RefusedBody("refused/behind")
        if secret is not None:
            if secret.stands_in(before + piece):
                raise RefusedBody("refused/secret-again")
            before = (before + piece)[-secret.longest :]

    return look


def blotted(head: bytes) -> tuple[bytes, bool]:
    """Return the same, and whether the last secret has no end in it."""
    any_open = False
    for syntax in SYNTAXES.values():
        head, is_open = syntax.without_secrets(head)
        any_open = any_open or is_open
    return head, any_open


def hides_a_secret(head: bytes) -> bool:
    """Say whether a secret stands in what was blotted, in a coding of which nothing there tells."""
    return any(syntax.hides_a_secret(head) for syntax in SYNTAXES.values())


def kept_of_refused(head: bytes) -> tuple[bytes, bool]:
    """Return the same of a body that nobody takes in, and whether nothing behind ``head`` may be kept.

    So it is of what begins as a message that shows who sent it: what stands behind its beginning may hold a secret, and
    could not be blotted out. Of what hides one, only its size is left.
    """
    kept, is_open = blotted(head)
    shown = shown_secret(head) if kept != head else None
    if hides_a_secret(kept) or (shown is not None and shown.stands_in(kept)):
        return b"*" * len(kept), True
    return kept, is_open or any(syntax.may_hide_behind(head) for syntax in SYNTAXES.values())


def signature(head: bytes, partner: Partner | None) -> Signature | None:
    """Return what a body that begins with ``head`` shows of who sent it; None where nothing in its syntax does."""
    found = (syntax.signature(head, partner) for syntax in SYNTAXES.values())
    return next((each for each in found if each is not None), None)


async def signature_due(ring: SecretRing, partner_id: str, partner: Partner | None, head: bytes) -> Signature | None:
    """Return what a body shows that has to be signed by the partner, also where it has no secret; else None.

    All of a syntax that signs has to be where the partner's file says so, or where the partner has a secret at all.
    """
    shown = signature(head, partner)
    return shown if shown is not None and (shown.is_due or await ring.has_live(partner_id)) else None


async def require_signed(ring: SecretRing, partner_id: str, partner: Partner | None, head: bytes) -> None:
    """Let pass what begins with ``head``, unless it has to be signed by the partner and is not: ``RefusedBody``."""
    shown = await signature_due(ring, partner_id, partner, head)
    if shown is None:
        return
    if not shown.secret:
        raise RefusedBody("refused/several-secrets" if shown.several else "refused/no-secret")
    right = await ring.judged(partner_id, shown.secret)
    if not (await ring.check(partner_id, shown.secret) if right is None else right):
        raise RefusedBody("refused/wrong-secret")


def may_be_signed(content_type: str | None) -> bool:
    """Say whether what is sent as such may show who sent it: whatever is not called a syntax in which nothing does."""
    called = _called(content_type)
    return not called or any(syntax.signs for syntax in called)


def is_called_signed(content_type: str | None) -> bool:
    """Say whether what is sent calls itself something in which its sender is shown."""
    return any(syntax.signs for syntax in _called(content_type))


def _called(content_type: str | None) -> list[Syntax]:
    """Return the syntaxes of which a body of that type may be."""
    named = (content_type or "").partition(";")[0].strip().lower()
    return [syntax for syntax in SYNTAXES.values() if syntax.is_called(named)]


def is_web_form(head: bytes) -> bool:
    """Say whether a body begins as what a browser sends of a form."""
    return is_form(head)


def kept_content_type(content_type: str | None) -> str | None:
    """Return what is kept of how a body was called: its type, charset and boundary; None where that is no type.

    >>> kept_content_type('multipart/related; boundary="XX"; SharedSecret=hush')
    'multipart/related; boundary="XX"'
    """
    named, *parameters = (each.strip() for each in (content_type or "").split(";"))
    if not _TYPE.fullmatch(named) or names_a_secret(named):
        return None
    kept = [each for each in parameters if _PARAMETER.fullmatch(each) and not names_a_secret(each)]
    return "; ".join((named, *kept))


def names_a_secret(said: str) -> bool:
    """Say whether what is said beside a body names a secret, or a card."""
    return any(syntax.names_a_secret(unquote(said)) for syntax in SYNTAXES.values())


def receipt(
    said: DoorAnswer, head: bytes, content_type: str | None, payload: str, at: datetime
) -> ShapedReceipt | None:
    """Return what the sender of a body hears at once, in the syntax that it begins in, or else names; None: in ours."""
    begun = SYNTAXES.get(sniff(head[:SNIFFED_BYTES]) or "")
    if begun is not None:
        return begun.receipt(said, payload, at)
    named = (content_type or "").lower()
    shaped = (syntax.receipt(said, payload, at) for name, syntax in SYNTAXES.items() if name in named)
    return next((each for each in shaped if each is not None), None)
