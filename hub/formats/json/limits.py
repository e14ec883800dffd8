"""How much of anything one JSON body may hold, each with its arithmetic. Beyond it the body is refused."""

from __future__ import annotations

BODY_BYTES_MAX = 8 * 1024 * 1024  # an order of 10,000 lines has some 4 MB
DEPTH_MAX = 64  # Amazon's vendor order nests 6; our trees go no deeper than their schema
VALUES_MAX = 1_000_000  # 10,000 lines of 40 members are 400,000; counted by the commas between them
