"""The reference conversation of a partner: ``partners/<id>/conversation.toml`` and the messages it names.

In: the configuration. Out: conversations, whose messages ``scene`` makes such as the partner would send today.
``Misconfigured`` when a file does not hold what a conversation says.
"""

from __future__ import annotations

import msgspec

from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct
from hub.platform.configuration import Configuration


class PlayedMessage(Struct):
    """One message the partner sends, and the kinds of answers it waits for."""

    says: str  # what a person would say is happening
    send: str  # file in the partner's folder
    placed: str  # where the date stands that becomes today: BEG05, Header/IssuedAt, Header/@date, /createdAt
    fresh: list[str] = []  # where the numbers stand that count up at every playing: BEG03, Header/OrderNumber, /orderId
    expect: list[str] = []  # 997, 855, OrderResponse: as the log of messages names them


class Conversation(Struct):
    """What is played, step by step, as one partner."""

    title: str
    steps: list[PlayedMessage]
    next: str | None = None  # file in the partner's folder: what a person may hand in afterwards


def conversations(configuration: Configuration) -> dict[str, Conversation]:
    """Return every partner's conversation by the partner's id."""
    found: dict[str, Conversation] = {}
    for partner in configuration.folders("partners"):
        name = f"partners/{partner}/conversation.toml"
        if configuration.find(name) is None:
            continue
        try:
            found[partner] = msgspec.toml.decode(configuration.read(name), type=Conversation)
        except msgspec.DecodeError as fault:
            raise Misconfigured.told(str(fault), file=name, remedy="see the reference partner's file") from fault
    return found
