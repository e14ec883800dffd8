"""The partners as their files say. Read only: a partner is changed in its folder, with review."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from hub.exchange.partners import Kind, Partner
from hub.kernel.scope import Scope
from hub.kernel.sentence import Wording
from hub.kernel.struct import Struct
from hub.web.caller import caller_of
from hub.web.hub import Hub
from hub.web.pages.page import answer
from hub.web.policy import people


class PartnerRow(Struct):
    """One partner on the page."""

    id: str
    name: str
    kind: Kind
    test: bool
    speaks: list[str]  # "X12 004010"
    sends: list[str]
    receives: list[str]
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


@get("/partners", opt=people("partner:read"), include_in_schema=False)
async def partner_list(request: Request[Any, Any, Any]) -> Response[str]:
    """Every partner the caller may see, and those that are stopped."""
    hub: Hub = request.app.state.hub
    scope = caller_of(request).scope
    rows = [_row(partner, hub) for partner in hub.partners.all() if scope.allows(partner.id)]
    stopped = [
        StoppedPartner(id=id, fault=fault.wording)
        for id, fault in sorted(hub.partners.faults.items())
        if scope.allows(id)
    ]
    return answer(request, "partners/list.html", partners=rows, stopped=stopped)


def _row(partner: Partner, hub: Hub) -> PartnerRow:
    x12 = partner.x12
    theirs = dict.fromkeys(f"{each.qualifier} {each.id}" for each in x12.theirs) if x12 else {}
    return PartnerRow(
        id=partner.id,
        name=partner.name,
        kind=partner.kind,
        test=partner.in_test,
        speaks=[f"X12 {release}" for release in x12.releases] if x12 else [],
        sends=sorted(partner.sends),
        receives=sorted(partner.receives),
        transports=[way.kind for way in partner.transports],
        envelope_ids=list(theirs),
        zone=partner.time_zone,
        over_budget=hub.over_budget(partner.id) is not None,
    )
