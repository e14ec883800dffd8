"""A document of ours within the envelope of cXML: the same header and document, always the same bytes."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from hub.formats.cxml.header import Credential, CxmlHeader
from hub.formats.xml.writer import DECLARATION, INDENT

VERSION = "1.2.050"
"""The release of the DTD that we name: what we write is older than it, and no later release has taken it back."""
WITHIN = 2 * INDENT
"""How deep a document stands: in cXML, and in Request."""

_DTDS = {"ConfirmationRequest": "Fulfill", "ShipNoticeRequest": "Fulfill", "InvoiceDetailRequest": "InvoiceDetail"}
_ENVELOPE = b"""\
{declaration}
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/{version}/{dtd}.dtd">
<cXML payloadID={payload} timestamp={timestamp} xml:lang="en">
  <Header>
    <From>{sender}</From>
    <To>{receiver}</To>
    <Sender>{sender}<UserAgent>Contract Hub</UserAgent></Sender>
  </Header>
  <Request deploymentMode={mode}>
{document}
  </Request>
</cXML>
""".decode()
_CREDENTIAL = b"<Credential domain={domain}><Identity>{identity}</Identity></Credential>".decode()


def enveloped(document: str, kind: str, header: CxmlHeader) -> bytes:
    """Return a document, written ``WITHIN`` deep, in its envelope."""
    return _ENVELOPE.format(
        declaration=DECLARATION,
        version=VERSION,
        dtd=_DTDS.get(kind, "cXML"),
        payload=quoteattr(header.payload),
        timestamp=quoteattr(header.timestamp),
        sender=_party(header.senders),
        receiver=_party(header.receivers),
        mode=quoteattr(header.mode or "production"),
        document=document,
    ).encode()


def _party(named: list[Credential]) -> str:
    return "".join(_CREDENTIAL.format(domain=quoteattr(each.domain), identity=escape(each.identity)) for each in named)
