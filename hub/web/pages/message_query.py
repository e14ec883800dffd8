"""What the log was asked for, as it stands in the URL: shared by link, kept by the back button."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from hub.exchange.model import Filters
from hub.kernel.struct import Struct
from hub.web.statuses import DOCUMENTS

PAGE_ROWS = 50
ATTENTION_COUNTED_MAX = 99  # beyond it the badge says 99+
SEARCH_LENGTH_MAX = 120  # the longest key that is kept

ATTENTION = (None, "attention")
DOCUMENTS_OFFERED = tuple(DOCUMENTS)


class MessageQuery(Struct):
    """Filters and place in the list. An unknown word finds nothing rather than everything."""

    partner: str | None = None
    direction: str | None = None
    document: str | None = None
    status: str | None = None
    q: str | None = None
    cursor: str | None = None

    @staticmethod
    def of(
        partner: str | None,
        direction: str | None,
        document: str | None,
        status: str | None,
        q: str | None,
        cursor: str | None,
    ) -> MessageQuery:
        """Return the query of a form: what is empty was not asked."""
        return MessageQuery(
            partner=partner or None,
            direction=direction if direction in ("in", "out") else None,
            document=document or None,
            status=status or None,
            q=(q or "").strip()[:SEARCH_LENGTH_MAX] or None,
            cursor=cursor or None,
        )

    @property
    def filters(self) -> Filters:
        return msgspec.convert(
            {
                "partner": self.partner,
                "direction": self.direction,
                "document": self.document,
                "status": self.status,
                "q": self.q,
            },
            Filters,
        )

    @property
    def may_be_files(self) -> bool:
        """Whether files that were set aside may be among what is looked for: what came, of no known document."""
        return not (self.q or self.document or self.cursor) and self.direction != "out" and self.status in ATTENTION

    @property
    def attention_only(self) -> Filters:
        return Filters(status="attention")

    @property
    def narrowed(self) -> bool:
        return bool(self.partner or self.direction or self.document or self.status or self.q)

    @property
    def first_page(self) -> str:
        return self.page(None)

    def page(self, cursor: str | None) -> str:
        """Return the URL of the same list from ``cursor`` on."""
        return self._url(status=self.status, cursor=cursor)

    def with_status(self, status: str) -> str:
        """Return the URL of the same list for another status, from its beginning."""
        return self._url(status=status, cursor=None)

    def _url(self, *, status: str | None, cursor: str | None) -> str:
        said = {
            "partner": self.partner,
            "direction": self.direction,
            "document": self.document,
            "status": status,
            "q": self.q,
            "cursor": cursor,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return "/messages" + (f"?{query}" if query else "")
