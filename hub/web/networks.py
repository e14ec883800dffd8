"""What one asker can have at will: an IPv4 address, or the addresses of an IPv6 network.

A subscriber gets 2⁶⁴ addresses of IPv6 as one network, and 65,536 such networks for the asking (RFC 6177). So a /64
counts as one address does, and the /48 it is of as a few of them, however many its networks are.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

SITE_SHARE = 4  # a /48 counts as so many addresses: an office with a few networks, each with people of its own
REMEMBERED = 4_096  # addresses whose network need not be found again


@lru_cache(maxsize=REMEMBERED)
def network_of(address: str) -> str:
    """Return the address itself, or the /64 of an IPv6 one; of no address, the text."""
    return _network(address, 64)


@lru_cache(maxsize=REMEMBERED)
def site_of(address: str) -> str:
    """Return the address itself, or the /48 of an IPv6 one or of its network; of no address, the text."""
    return _network(address.partition("/")[0], 48)


def _network(address: str, bits: int) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found) >> (128 - bits) << (128 - bits), bits)))
