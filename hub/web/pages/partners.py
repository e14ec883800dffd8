"""The partners as their files say. Read only: a partner is changed in its folder, with review."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.exchange.partners import Kind, Partner
from hub.flow.agreements import AgreedDocument, called
from hub.kernel.scope import Scope
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.pages.page import answer
from hub.web.policy import people
from hub.web.problems import not_found


class PartnerRow(Struct):
    """One partner on the page."""

    id: str
    name: str
    kind: Kind
    test: bool
    speaks: list[str]  # "X12 004010", "XML"
    sends: list[AgreedDocument]
    receives: list[AgreedDocument]
    tells: list[str]  # what happens of which it is told
    acknowledgements: list[str]  # what we send for what arrives
    transports: list[str]
    envelope_ids: list[str]
    zone: str
    over_budget: bool  # nothing more is taken from it meanwhile


class StoppedPartner(Struct):
    """A partner whose file is faulty: nothing is taken from it until that is put right."""

    id: str
    fault: Wording


def partner_names(hub: Hub, scope: Scope) -> dict[str, str]:
    """Return the name of every partner the caller may see, by id."""
    return {partner.id: partner.name for partner in hub.partners.all() if scope.allows(partner.id)}


def name_of(hub: Hub, partner: str) -> str:
    """Return how a partner is called; one that is gone, or stopped, by its id."""
    known = hub.partners.get(partner)
    return known.name if known else partner


@get("/partners", opt=people("partner:read"), include_in_schema=False)
async def partner_list(request: Request[Any, Any, Any]) -> Response[str]:
    """Every partner the caller may see, and those that are stopped."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    seen = [partner for partner in hub.partners.all() if scope.allows(partner.id)]
    rows = await asyncio.to_thread(lambda: [_row(partner, hub) for partner in seen])
    stopped = [
        StoppedPartner(id=id, fault=fault.wording)
        for id, fault in sorted(hub.partners.faults.items())
        if scope.allows(id)
    ]
    return answer(request, "partners/list.html", partners=rows, stopped=stopped)


@get("/partners/{partner:str}", opt=people("partner:read"), include_in_schema=False)
async def partner_page(request: Request[Any, Any, Any], partner: FromPath[str]) -> Response[str]:
    """What was agreed with one partner: every document in and out, who is who, whom orders may name."""
    hub: Hub = request.app.state.hub
    found = hub.partners.get(partner) if caller_of(request).scope.allows(partner) else None
    if found is None:
        raise not_found()
    row = await asyncio.to_thread(_row, found, hub)
    return answer(request, "partners/detail.html", partner=row, parties=found.parties, currency=found.currency)


def _row(partner: Partner, hub: Hub) -> PartnerRow:
    documents = hub.agreed(partner)
    editions = {table.syntax: table.editions for table in partner.tables if table.editions}
    others = dict.fromkeys(each.called for each in documents if each.syntax not in ("", *editions))
    return PartnerRow(
        id=partner.id,
        name=partner.name,
        kind=partner.kind,
        test=partner.in_test,
        speaks=[*(f"{called(syntax)} {each}" for syntax, known in editions.items() for each in known), *others],
        sends=[each for each in documents if each.direction == "in"],
        receives=[each for each in documents if each.direction == "out"],
        tells=[kind for tell in partner.tells for kind in tell.on],
        acknowledgements=_acknowledgements(partner, documents),
        transports=[way.kind for way in partner.transports],
        envelope_ids=list(dict.fromkeys(" ".join(each.parts[:2]) for table in partner.tables for each in table.names)),
        zone=partner.time_zone,
        over_budget=hub.over_budget(partner.id) is not None,
    )


def _acknowledgements(partner: Partner, documents: list[AgreedDocument]) -> list[str]:
    """Return what we send for what arrives, as its wire names it."""
    found = [each for table in partner.tables for each in table.acknowledged_by]
    ours = FunctionalAcknowledgement.__name__
    return found + [each.kind for each in documents if each.direction == "out" and each.document == ours]
