"""How a cXML shows who sent it, and what is said at once to whoever sends one: its Header and our Response."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from hub.exchange.partners import Partner
from hub.flow.signing import DoorAnswer, DoorWords, ShapedReceipt, Signature
from hub.formats.cxml.again import SecretSearch
from hub.formats.cxml.behind import SecretWatch
from hub.formats.cxml.blots import blotted, is_called_secret
from hub.formats.cxml.coded import hides_a_secret
from hub.formats.cxml.credentials import credentials
from hub.formats.cxml.faults import FAULTS
from hub.formats.cxml.response import CONTENT_TYPE, response
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.kernel.sentence import Phrase, declared

RESPONSE_STATUS = 200
"""Of HTTP, whatever the Response says: a client of cXML looks into it, and takes any other for a line that failed."""


_NO_SECRET = (
    "there is no SharedSecret with an end tag in the first 64 KiB of this cXML: "
    "put the one that was agreed on into cXML/Header/Sender/Credential/SharedSecret"
)
_SEVERAL = "there is more than one SharedSecret in Sender: leave the one that was agreed on there, and no other"
_NOT_AS_AGREED = (
    "SharedSecret, or the Identity of Sender and From with its domain, is not as agreed for this address: "
    "compare them, and the address, with what was agreed on"
)
_UNREAD = (
    "no Header of a cXML can be read in the first 64 KiB, so no SharedSecret: "
    "begin with the root element cXML, and Header as the first in it"
)
_SUBSET = FAULTS["SYN-CXML-SUBSET"]
_DECLARES = f"SYN-CXML-SUBSET: {_SUBSET.message}, so no SharedSecret is read behind it: {_SUBSET.remedy}"

_IN_PARTS = re.compile(rb"\s*(?:--\S|(?:mime-version|content-[a-z-]{1,40})[ \t]*:)", re.IGNORECASE)


declared(
    {
        "refused/coded": Phrase(
            message="a secret or a card stands in it in a coding that nothing in it tells, as in a form or in base64,"
            " so nothing of it is kept: send the cXML itself as text/xml"
        ),
    }
)


class CxmlDoorWords(DoorWords):
    """What a cXML says of its sender before it is opened, and hears."""

    signs = True

    def is_called(self, content_type: str) -> bool:
        """It is XML, or parts of which one is."""
        return "xml" in content_type or content_type.startswith("multipart/")

    def may_hide_behind(self, head: bytes) -> bool:
        """Of whatever begins as a cXML, or as any other XML: it may be one that is told as such further behind."""
        return sniff(head[:SNIFFED_BYTES]) == "xml" or self.signature(head, None) is not None

    def without_secrets(self, head: bytes) -> tuple[bytes, bool]:
        """Blot out SharedSecret and CredentialMac, wherever they may be meant."""
        return blotted(head)

    def hides_a_secret(self, head: bytes) -> bool:
        """Look for them in values of forms, in base64 of which nothing tells, and in references to signs."""
        return hides_a_secret(head)

    def names_a_secret(self, said: str) -> bool:
        """Look for the names of its elements, and for what is like a secret or a password."""
        return is_called_secret(said.encode("latin-1", "replace"))

    def shown_secret(self, head: bytes) -> SecretSearch | None:
        """Return the SharedSecret of Sender."""
        shown = credentials(head)
        return SecretSearch(shown.secret) if shown is not None and shown.secret else None

    def behind(self, head: bytes) -> Callable[[bytes], bool] | None:
        """Look for them in whatever follows."""
        return SecretWatch(head).shows

    def signature(self, head: bytes, partner: Partner | None) -> Signature | None:
        """Return the SharedSecret of Sender, and whether Sender or From names the partner."""
        table = partner.cxml if partner is not None else None
        is_due = table is not None and table.must_sign
        shown = credentials(head)
        if shown is None:
            may_be_one = sniff(head[:SNIFFED_BYTES]) == "cxml" or _IN_PARTS.match(head)  # read otherwise than here
            return Signature(is_due=is_due, missing=_UNREAD) if may_be_one else None
        named = [(each.domain, each.identity) for party in ("Sender", "From") for each in shown.parties.get(party, ())]
        return Signature(
            secret=shown.secret,
            is_theirs=table is not None and table.signed_by(named) is not None,
            is_due=is_due,
            several=shown.several,
            missing=_SEVERAL
            if shown.several
            else _DECLARES
            if shown.declares
            else _NO_SECRET
            if shown.is_cxml
            else _UNREAD,
            wrong=_NOT_AS_AGREED,
        )

    def receipt(self, said: DoorAnswer, payload: str, at: datetime) -> ShapedReceipt | None:
        """Return a Response; its Status says which message it is and where its verdict will stand."""
        text = said.text
        if said.message is not None:
            text = f"message {said.message}{' came before' if said.duplicate else ''}"
            text += (
                f"; its verdict: {said.link}" if said.link is not None else "; name it when you ask what became of it"
            )
        body = response(said.status, text, payload=f"{payload}@contract-hub", at=at)
        return ShapedReceipt(body=body, content_type=CONTENT_TYPE, status=RESPONSE_STATUS)
