"""What a room brings to the web beside its declaration in ``hub.business.room``: the routes themselves, which are code.

Everything that is plain about a room (words, permission, place in the navigation, numbers) is read from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from litestar.handlers import HTTPRouteHandler

from hub.web.api.partner_view import Rule


@dataclass(frozen=True)
class ShownRoom:
    """The routes of one room, and what a partner's key is told of the types they answer with."""

    routes: tuple[HTTPRouteHandler, ...]
    told: Mapping[type, Rule] = field(default_factory=dict)
