"""Addresses of orders."""

from __future__ import annotations

from hub.web.addresses import API, address


def order_page(partner: str, number: str, **query: str | None) -> str:
    """Return where a person reads an order."""
    return address("orders", partner, number, query=query)


def order_part(order_id: str, *parts: object) -> str:
    """Return where the API has a part of an order, whose id is no partner's text."""
    return API + address("order-by-id", order_id, *parts)
