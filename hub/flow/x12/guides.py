"""What an X12 set is judged by: guides, ready to use, and what was agreed with its sender."""

from __future__ import annotations

from functools import lru_cache

from hub.exchange.partner_x12 import EnvelopeId, X12Envelope
from hub.exchange.partners import Partner
from hub.flow.documents import Identity
from hub.flow.identities import identity_among
from hub.flow.rules import Rules
from hub.flow.x12.sends import sends_at_fault, set_named
from hub.formats.x12 import agreed
from hub.formats.x12.agreed import DIGITS, Agreed, Parties
from hub.formats.x12.guide import Guide
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.schema import FAMILY, GuideSchemas
from hub.formats.x12.survey import Group, Interchange
from hub.formats.x12.validate import Validator, compile_guide
from hub.kernel.errors import Misconfigured

COMPILED_GUIDES_MAX = 2_000  # 20 sets for 100 partners that narrow them all


class X12Rules:
    """The rules of X12. Reads lazily, keeps what it has read."""

    def __init__(self, rules: Rules) -> None:
        schemas = rules.schemas.of(FAMILY)
        assert isinstance(schemas, GuideSchemas)
        assert isinstance(schemas.guides, GuideLibrary)
        self.guides: GuideLibrary = schemas.guides  # the same as for maps: each guide is read once
        self.guide = lru_cache(COMPILED_GUIDES_MAX)(self._guide)
        self.validator = lru_cache(COMPILED_GUIDES_MAX)(self._validator)
        self._rules = rules
        self._agreed: dict[str, Agreed] = {}

    def agreed(self, partner_id: str) -> Agreed:
        """Return what was agreed with the partner about what it sends. Raises ``Misconfigured``.

        Where ``[sends]`` names a map as what it is not, nobody is refused for it: what comes waits until it is mended.
        """
        if partner_id not in self._agreed:
            partner = self._rules.partner(partner_id)
            for fault in sends_at_fault(partner, self._rules.maps, self._rules.configuration):
                raise fault
            self._agreed[partner_id] = agreed_with(partner)
        return self._agreed[partner_id]

    def _guide(self, release: str, kind: str, partner_id: str) -> Guide | None:
        """Return the guide of set ``kind`` in ``release`` (GS08 as sent), narrowed for the partner."""
        return self.guides.guide(release, kind, partner_id)

    def _validator(self, release: str, kind: str, partner_id: str) -> Validator | None:
        guide = self.guide(release, kind, partner_id)
        try:
            return compile_guide(guide) if guide else None
        except Exception as fault:
            own = f"partners/{partner_id}/guides/{kind}.toml"
            file = own if guide and guide.partner else f"schemas/x12/{release}/{kind}.toml"
            raise Misconfigured.of(fault, file=file, code="CFG-GUIDE") from fault


def x12_rules(rules: Rules) -> X12Rules:
    """Return what X12 is judged by."""
    return rules.of_syntax(X12Rules)


def agreed_envelope(partner: Partner) -> X12Envelope:
    """Return what the partner's file says of X12, of a partner to whom it is written."""
    assert partner.x12 is not None
    return partner.x12


def agreed_with(partner: Partner) -> Agreed:
    """Return what the partner's file says was agreed."""
    x12, sends = partner.x12, frozenset(map(set_named, partner.sends))
    if x12 is None:
        return Agreed(nothing=True, sets=sends)
    return Agreed(
        parties=Parties(theirs=[_address(each) for each in x12.theirs], ours=_address(x12.ours)),
        releases=frozenset(release[:DIGITS] for release in x12.releases),
        sets=sends,
        usage=partner.usage,
        leniency=frozenset(partner.leniency),
    )


def _address(named: EnvelopeId) -> agreed.X12Identity:
    return agreed.X12Identity(qualifier=named.qualifier, id=named.id, group=named.group_id)


def identity_of(interchange: Interchange, group: Group | None, partner: Partner) -> Identity | None:
    """Return which of the partner's identities sent it, for what answers it; None where nobody of several did."""
    if partner.x12 is None:
        return None
    header = interchange.header
    sender = group.header.sender if group else None
    return identity_among(partner.x12.theirs, partner.x12.identity(header.sender_qualifier, header.sender_id, sender))
