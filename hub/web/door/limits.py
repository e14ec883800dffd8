"""What one connection, one address and all of them may take: the numbers, each with its reason."""

from __future__ import annotations

import resource

from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct

CONNECTIONS_MAX = 1_000  # a proxy keeps some dozens open; each of ours may hold 0.3 MB of what it has not read yet
PROMISES_SHARE = 4  # so much of all places may be bodies still coming from nobody knows whom
ADDRESS_PROMISES_SHARE = 16  # and so much of one address: a browser has six connections, a busy partner some dozens
ADDRESS_SHARE = 4  # one address may hold a quarter of them, unless it is our proxy's, which brings everybody
DESCRIPTORS_RESERVED = 128  # database (5 connections, 3 files each), reader process, folders, bodies being written
DESCRIPTORS_MAX = 65_536  # asked of the system at most: some allow a thousand million
BACKLOG_MAX = 2_048  # connections waiting to be accepted: a partner's burst
BACKLOG_MIN = 16
CONNECTIONS_MIN = 16  # with fewer a proxy and a probe get in each other's way


class ConnectionLimits(Struct):
    """Mosts of a connection's phases. A phase that goes over one ends the connection, with a 4xx where one can be said.

    Times are looked at once a second, so each may last up to a second longer.
    """

    head_bytes: int = 16 * 1024  # request line and headers; browsers and partners' systems send 1 or 2 KiB
    head_fields: int = 100
    head_seconds: float = 10.0  # from the first byte, or from the connection, to the end of the headers
    idle_seconds: int = 5  # between two requests
    pipelined: int = 16  # asked for before the first was answered; browsers pipeline nothing
    rate_seconds: float = 20.0  # what a pace is measured over: a line may falter for some seconds
    body_rate: int = 4 * 1024  # bytes a second of a body that comes; the slowest modem brought 6 kB
    form_seconds: float = 5.0  # of every body but an intake's: a form is one packet, an upload of a few more
    body_seconds: float = 1_800.0  # the largest body at 60 kB/s
    answer_rate: int = 4 * 1024  # bytes a second of an answer that goes
    linger_seconds: float = 2.0  # after an answer to a body that was not read: time to see it before the line is cut
    connections: int = CONNECTIONS_MAX
    address_connections: int = CONNECTIONS_MAX // ADDRESS_SHARE
    address_newcomers: int = 32  # a second, for whom others of a full address give way; beyond it they are turned away
    address_requests: int = 4  # of strangers, under way at a time; a browser asks for six, and waits
    requests: int = 4  # of strangers, computed in one turn of the event loop: a page takes some 5 ms
    address_pressing: int = 16  # of whoever shows a key that is right
    pressing: int = 16
    address_people: int = 8  # of sessions that were found right: a whole office may stand behind one address
    people: int = 8
    address_probes: int = 4
    probes: int = 16
    waiting: int = 256  # in each lane: two seconds of pages
    turn_seconds: float = 10.0  # until a turn comes; whoever waits longer has mostly gone
    unsent_bytes: int = 64 * 1024 * 1024  # of all answers that are not taken as fast as they come
    promises: int = CONNECTIONS_MAX // PROMISES_SHARE  # bodies still coming whose senders are not known
    address_promises: int = CONNECTIONS_MAX // ADDRESS_PROMISES_SHARE  # of them, those of one address


class SystemLimits(Struct):
    """What the system's descriptors allow."""

    connections: int
    backlog: int


def raise_descriptors() -> int:
    """Raise the process's limit of open files as far as the system lets us; return where it stands now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS_MAX if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_MAX)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return DESCRIPTORS_MAX if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def room_for(descriptors: int, connections: int = CONNECTIONS_MAX) -> SystemLimits:
    """Return how many connections, and how many waiting to be accepted, leave the rest of the hub its files.

    A burst is accepted in one go before anybody can refuse it, so what may wait counts as open. Raises
    ``Misconfigured`` when there is no room for a server at all.
    """
    free = descriptors - DESCRIPTORS_RESERVED - BACKLOG_MIN
    if free < CONNECTIONS_MIN:
        raise Misconfigured.told(
            f"the system allows this process {descriptors} open files",
            remedy=f"allow {DESCRIPTORS_RESERVED + BACKLOG_MIN + CONNECTIONS_MIN} at least: ulimit -n, or LimitNOFILE",
        )
    kept = min(connections, free)
    return SystemLimits(connections=kept, backlog=BACKLOG_MIN + min(BACKLOG_MAX - BACKLOG_MIN, free - kept))


def limits_for(room: SystemLimits) -> ConnectionLimits:
    """Return the limits of a server with so much room."""
    share = max(room.connections // ADDRESS_SHARE, CONNECTIONS_MIN // 2)
    return ConnectionLimits(
        connections=room.connections,
        address_connections=share,
        promises=max(room.connections // PROMISES_SHARE, CONNECTIONS_MIN // 2),
        address_promises=max(room.connections // ADDRESS_PROMISES_SHARE, CONNECTIONS_MIN // 4),
    )
