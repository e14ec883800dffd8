"""The order list, and one order line by line: ordered, acknowledged, promised, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from hub.business.orders.model import DocumentRole, OrderStatus, OrderSummary
from hub.business.orders.pages import FIRST, OrderHead, order_head
from hub.business.orders.store import OrderFilter, find_orders, list_orders, stands
from hub.canonical.result import EVENTS
from hub.exchange.duties import duties_because_of
from hub.exchange.messages import find_message, list_messages
from hub.exchange.model import Filters, MessageRow
from hub.exchange.parts import happened, told_of
from hub.kernel.pages import number_of
from hub.kernel.scope import Scope
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.web.addresses import address, last_part
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.orders import words as order_words
from hub.web.orders.addresses import order_page as order_page_of
from hub.web.pages.page import answer, answer_aside, is_fragment
from hub.web.pages.partners import partner_names
from hub.web.policy import people
from hub.web.problems import Problem, not_found
from hub.web.reads import reading

PARTS_BEFORE = 2  # orders, the partner: what follows is the number
PAGE_ROWS = 50
ORDER, NUMBER = "PurchaseOrder", "purchase-order"
HELD: OrderStatus = "held"
STEPS_EACH_MAX = 24  # of one message: whoever wants all of them reads its own page
TOLD_SHOWN_MAX = 10  # of one event: each partner who listens hears of it once
OURS = (DocumentRole.ANSWER, DocumentRole.COPY)


class OrderQuery(Struct):
    """What the list was asked for, as it stands in the URL."""

    partner: str | None = None
    status: OrderStatus | None = None
    cursor: str | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.partner or self.status)

    @property
    def may_be_unread(self) -> bool:
        """Whether what waits for a person and made no order may be among what is looked for."""
        return self.status in (None, HELD) and not self.cursor

    @property
    def first_page(self) -> str:
        return self.page(None)

    def page(self, cursor: str | None) -> str:
        """Return the URL of the same list from ``cursor`` on."""
        said = {"partner": self.partner, "status": self.status, "cursor": cursor}
        query = urlencode({name: value for name, value in said.items() if value})
        return "/orders" + (f"?{query}" if query else "")


class OurAnswer(Struct):
    """An answer of ours, and the acknowledgement that says how the customer took it."""

    answer: MessageRow
    by: str | None = None


class OrderStep(Struct):
    """What happened to the order, or to a message of ours about it."""

    at: datetime
    title: str  # of ``order_words``, with a hole for the partner
    partner: str = ""
    message: str = ""
    reason: Wording | None = None  # of a refusal, in the partner's words
    refused: bool = False


class OrderMessages(Struct):
    """What the messages of an order say beside the order itself."""

    waits: bool  # for a person; False once somebody has dealt with it
    wires: dict[str, str] = {}  # by message, how its syntax names the document: 850
    said: dict[str, OurAnswer] = {}  # by our message
    owed: bool = False  # our answer, which could not be written
    told: list[MessageRow] = []  # of ours: what others were told of the order
    history: list[OrderStep] = []  # oldest first

    @property
    def refusals(self) -> list[OrderStep]:
        return [step for step in self.history if step.refused]


def order_url(order: OrderSummary) -> str:
    """Return where ``order`` is shown."""
    return order_page_of(order.partner, order.number, **_which(order))


def _which(order: OrderSummary) -> dict[str, str | None]:
    """Return what tells an order from others of its number."""
    return {"release": order.release or None, "test": "true" if order.test else None}


@get("/orders", opt=people("order:read"), include_in_schema=False)
async def order_list(
    request: Request[Any, Any, Any],
    partner: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Orders, newest first; the rows alone when htmx asks for them."""
    hub: Hub = request.app.state.hub
    caller = caller_of(request)
    known: dict[str, OrderStatus] = {word: word for word in get_args(OrderStatus)}
    query = OrderQuery(partner=partner or None, status=known.get(status or ""), cursor=cursor or None)
    wanted = OrderFilter(partner=query.partner, status=query.status)
    async with reading(request):
        found = await hub.database.read(
            lambda conn: list_orders(conn, caller.scope, wanted, after=query.cursor, limit=PAGE_ROWS)
        )
        unread = await hub.database.read(lambda conn: _unread(conn, caller.scope, query))
    template = "orders/rows.html" if is_fragment(request) else "orders/list.html"
    return await answer_aside(
        request,
        template,
        query=query,
        page_items=found.items,
        next_url=query.page(found.next) if found.next else None,
        unread=unread,
        unread_url=address("messages", query={"document": ORDER, "status": HELD, "partner": query.partner}),
        partners=partner_names(hub, caller.scope),
        order_url=order_url,
    )


def _unread(conn: Any, scope: Scope, query: OrderQuery) -> list[MessageRow]:
    """Return messages that wait for a person and of which no order was made: they stand in the log alone."""
    if not query.may_be_unread:
        return []
    held = Filters(partner=query.partner, direction="in", document=ORDER, status=HELD)
    waiting = [row for row in list_messages(conn, scope, held, limit=PAGE_ROWS).items if row.attention is not None]
    called = {row.id: [key.value for key in row.keys if key.kind == NUMBER] for row in waiting}
    return [row for row in waiting if not any(stands(conn, scope, row.partner, each) for each in called[row.id])]


@get("/orders/{partner:str}/{number:path}", opt=people("order:read"), include_in_schema=False)
async def order_page(
    request: Request[Any, Any, Any],
    partner: FromPath[str],
    number: FromPath[str],
    release: FromQuery[str | None] = None,
    test: FromQuery[bool] = False,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """One order, its lines from ``after`` on; the choice between them when the number stands for several."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    called = last_part(request, PARTS_BEFORE)

    def work(conn: Any) -> tuple[OrderHead, OrderMessages] | list[OrderSummary]:
        found = find_orders(conn, scope, partner, called)
        of_kind = [one for one in found if one.test == test] or found
        meant = [one for one in of_kind if release is None or one.release == release]
        if len(meant) == 1:
            head = order_head(conn, meant[0], lines_from=after)
            return head, _talk(conn, scope, head)
        return found if meant else []

    try:
        async with reading(request):
            found = await hub.database.read(work)
            if isinstance(found, tuple):
                return await _one(request, *found, after, partner_names(hub, scope).get(partner, partner))
    except ValueError as fault:
        raise Problem(400, "after is no place in the order", code="bad-parameter") from fault
    if not found:
        raise not_found()
    return answer(request, "orders/choose.html", number=called, orders=found, order_url=order_url)


def _talk(conn: Any, scope: Scope, head: OrderHead) -> OrderMessages:
    """Return whether the order still waits, what the customer's acknowledgements say of our answers to it, whether we
    still owe one, and what others were told of it."""
    order = find_message(conn, scope, head.source.message)
    said: dict[str, OurAnswer] = {}
    wires: dict[str, str] = {}
    for each in head.documents:
        ours = find_message(conn, scope, each.source.message)
        if ours is not None:
            wires[ours.id] = (ours.wire or "").rpartition("}")[2]  # of XML without its namespace
        if ours is not None and each.role in OURS:
            by = [duty.done_by for duty in duties_because_of(conn, ours.id) if duty.done_by]
            said[ours.id] = OurAnswer(answer=ours, by=by[-1] if by else None)
    summary = head.summary
    answered = any(each.role is DocumentRole.ANSWER for each in head.documents)
    owed = not answered and any(
        duty.debtor == "us" and duty.reference == summary.number and duty.state != "done"
        for duty in duties_because_of(conn, head.source.message)
    )
    events = [f"{kind}:{summary.id}" for kind in EVENTS]
    told = [each for event in events for each in told_of(conn, scope, event, limit=TOLD_SHOWN_MAX)]
    waits = order is not None and order.attention is not None
    ours_sent = [*(each.answer for each in said.values()), *told]
    own = [OrderStep(at=each.at, title=order_words.EVENTS.get(each.kind, each.text)) for each in head.history]
    steps = [*own, *(step for each in ours_sent for step in _handed_over(conn, each))]
    return OrderMessages(
        waits=waits, wires=wires, said=said, owed=owed, told=told, history=sorted(steps, key=lambda step: step.at)
    )


def _handed_over(conn: Any, ours: MessageRow) -> Iterator[OrderStep]:
    """Yield when a message of ours was fetched or delivered, when its receiver confirmed it, and what they think."""
    for each in happened(conn, ours.id, limit=STEPS_EACH_MAX).items:
        if each.event in order_words.HANDOVER:
            refused = each.event == "refused"
            yield OrderStep(
                at=each.at,
                title=order_words.HANDOVER["refused-because" if refused and each.text else each.event],
                partner=ours.partner,
                message=ours.id,
                reason=each.text if refused else None,
                refused=refused,
            )


async def _one(
    request: Request[Any, Any, Any], head: OrderHead, talk: OrderMessages, after: str | None, name: str
) -> Response[str]:
    summary = head.summary
    page = partial(order_page_of, summary.partner, summary.number, **_which(summary))
    before = number_of(after)
    return await answer_aside(
        request,
        "orders/detail.html",
        order=head,
        talk=talk,
        order_words=order_words,
        partner_name=name,
        partners=partner_names(request.app.state.hub, caller_of(request).scope),
        previous_url=page(after=str(max(before - FIRST, 0)) if before > FIRST else None) if before else None,
        next_url=page(after=head.lines_next) if head.lines_next else None,
    )
