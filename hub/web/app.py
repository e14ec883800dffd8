"""The hub over HTTP, put together.

In: the hub (see ``hub.web.hub``). Out: the ASGI app; its start and stop are the hub's. ``Defect`` when a route names
no policy: then there is no app.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from litestar import Litestar
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from hub.access.keys import KeyRing
from hub.platform.server_key import server_key
from hub.web.admission import Admission
from hub.web.api import health, inbound, message_parts, messages, outbound
from hub.web.api.describe import WordingSchema, openapi
from hub.web.api.partner_view import RULES
from hub.web.assets import Assets
from hub.web.attempts import KeyGuesses, LoginGuesses
from hub.web.door.keeper import Known
from hub.web.gate import enforce
from hub.web.headers import guard_headers
from hub.web.hub import Hub
from hub.web.pages import entrance
from hub.web.pages import files as file_pages
from hub.web.pages import messages as message_pages
from hub.web.pages import partners as partner_pages
from hub.web.pages.entrance import Entrance
from hub.web.pages.interface import InterfacePage
from hub.web.policy import require_policies
from hub.web.reads import BODIES_AT_ONCE, PlacesKept, Reads
from hub.web.refusals import refuse
from hub.web.rendering import Renderer
from hub.web.request import HubRequest
from hub.web.rooms import SHOWN_ROOMS
from hub.web.sessions import Sessions
from hub.web.signing import SignatureChecks
from hub.web.static_files import static_file

FORM_BYTES_MAX = 64 * 1024  # of every route but intake, which holds its own limit while it streams
API: tuple[HTTPRouteHandler, ...] = (
    inbound.receive,
    outbound.waiting,
    outbound.fetch,
    outbound.received,
    messages.messages,
    messages.message_state,
    messages.replay,
    message_parts.documents,
    message_parts.findings_of_document,
    message_parts.findings_of_message,
    message_parts.envelopes,
    message_parts.answers,
    message_parts.acknowledgements,
    message_parts.timeline,
    message_parts.provenance,
    message_parts.raw,
    message_parts.canonical,
    health.alive,
    health.ready,
    health.metrics,
)
PAGES: tuple[HTTPRouteHandler, ...] = (
    message_pages.home,
    message_pages.message_log,
    message_pages.message_page,
    message_pages.original,
    message_pages.process_again,
    message_pages.send_again,
    message_pages.dealt_with,
    file_pages.file_list,
    file_pages.file_dealt_with,
    partner_pages.partner_list,
    partner_pages.partner_page,
    entrance.login_page,
    entrance.log_in,
    entrance.log_out,
    entrance.welcome_page,
    entrance.welcome,
    entrance.choose_language,
    static_file,
)


def create_app(hub: Hub) -> Litestar:
    """Return the app over ``hub``. Starting it starts the hub, stopping it stops the hub."""

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        await hub.start()
        try:
            yield
        finally:
            await hub.stop()

    assets, doorway = Assets(), Entrance(time.monotonic)
    app = Litestar(
        route_handlers=[*API, *PAGES, *(route for room in SHOWN_ROOMS for route in room.routes)],
        lifespan=[running],
        guards=[enforce],
        middleware=[PlacesKept],
        exception_handlers={Exception: refuse},
        before_send=[guard_headers],
        request_class=HubRequest,
        plugins=[WordingSchema()],
        openapi_config=openapi(version("contract-hub"), InterfacePage()),
        request_max_body_size=FORM_BYTES_MAX,
        logging_config=None,
        state=State(
            {
                "hub": hub,
                "admission": Admission(hub.settings),
                "api_keys": KeyRing(hub.database, hub.clock),
                "sessions": Sessions(hub),
                "readiness": health.Readiness(hub),
                "reads": Reads(),
                "bodies": Reads(BODIES_AT_ONCE),
                "entrance": doorway,
                "key_guesses": KeyGuesses(time.monotonic),
                "signers": SignatureChecks(hub, LoginGuesses(time.monotonic), doorway.turns),
                "server_key": server_key(hub.settings.data),
                "told": {
                    rule: told for each in (RULES, *(room.told for room in SHOWN_ROOMS)) for rule, told in each.items()
                },
                "assets": assets,
                "renderer": Renderer(assets, called=partial(partner_pages.name_of, hub)),
            }
        ),
    )
    require_policies(app.routes)
    return app


def known(app: Litestar) -> Known:
    """Return what the door asks to tell who was let in lately from strangers."""
    keys: KeyRing = app.state.api_keys
    sessions: Sessions = app.state.sessions
    return Known(key=keys.remembers, session=sessions.remembers)
