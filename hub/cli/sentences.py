"""Every room that speaks, so that whatever a hub has stored can be told by a command that imports none of them."""

from __future__ import annotations

import importlib

SPEAKING = (
    "hub.formats.families", "hub.mapping.library", "hub.business.rooms", "hub.flow.inbound", "hub.flow.delivering",
    "hub.exchange.overdue", "hub.exchange.mailbox", "hub.exchange.unfetched", "hub.flow.receiving",
    "hub.transport.hand",
)  # fmt: skip
"""Modules with which every sentence is declared that can be stored; ``tests/kernel`` holds that none is missing."""


def know_every_sentence() -> None:
    """Import what declares them: a fifth of a second, which a command that tells of no finding does not take."""
    for module in SPEAKING:
        importlib.import_module(module)
