"""Envelopes received and sent: every number is kept, and judged when it comes.

The same number with the same bytes is a ``duplicate`` (answer with the first outcome), with other bytes a
``conflict`` (quarantine it and tell someone). What was ``refused`` whole had no effect and takes no number: sent again
and put right, it is the first. The judgement is made by the row's unique key inside the transaction
that applies the interchange, so two workers cannot both be first.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select

from hub.exchange.model import InterchangeRow
from hub.exchange.storable import storable
from hub.exchange.tables import interchange
from hub.kernel.errors import Defect
from hub.platform.statements import Prepared, unless_there


def enter(conn: Connection, received: InterchangeRow, *, refused: bool = False) -> InterchangeRow:
    """Write an inbound envelope and return it with its judgement; entered again by a replay, it keeps its first.

    ``refused`` says that its envelope is at fault; a replay that finds it mended judges it anew.
    """
    row = storable(interchange, msgspec.structs.asdict(received)) | {"judgement": "first", "first_message": None}
    if not refused and _ENTER.run(conn, row) == 1:
        return msgspec.convert(row, InterchangeRow)
    own = conn.execute(_OWN, {"wanted": received.message, "at_position": received.position}).one_or_none()
    if own is not None and own.judgement == "refused":
        conn.execute(_FORGET, {"wanted": received.message, "at_position": received.position})
        return enter(conn, received, refused=refused)
    if own is not None:
        return InterchangeRow(**own._mapping)
    first = conn.execute(_FIRST, {f"the_{name}": row[name] for name in _IDENTITY}).one_or_none()
    if first is None and not refused:
        raise Defect(f"interchange {received.control_number} is neither new nor known")
    if first is None:
        row["judgement"] = "refused"
    else:
        row["judgement"] = "duplicate" if first.digest == received.digest else "conflict"
        row["first_message"] = first.message
    _INSERT.run(conn, row)
    return msgspec.convert(row, InterchangeRow)


def enter_sent(conn: Connection, sent: list[InterchangeRow]) -> None:
    """Write envelopes of ours."""
    _INSERT.run_many(conn, [storable(interchange, msgspec.structs.asdict(row)) for row in sent])


_IDENTITY = ("partner", "control_number", "sender", "sender_qualifier", "receiver", "receiver_qualifier")
_ENTER = unless_there(interchange)
_INSERT = Prepared(insert(interchange))
_OWN = select(interchange).where(
    interchange.c.message == bindparam("wanted"), interchange.c.position == bindparam("at_position")
)
_FORGET = delete(interchange).where(
    interchange.c.message == bindparam("wanted"), interchange.c.position == bindparam("at_position")
)
_FIRST = select(interchange.c.message, interchange.c.digest).where(
    *(interchange.c[name] == bindparam(f"the_{name}") for name in _IDENTITY),
    interchange.c.judgement == "first",
    interchange.c.direction == "in",
)
