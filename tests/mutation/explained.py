"""Mutants that no test can catch, and why: what they change nobody could notice.

By where it stands and what becomes what, as ``Mutant.name`` says it.
"""

from __future__ import annotations

EXPLAINED: dict[str, str] = {
    "hub/exchange/recording.py:keys_of: and → or": "a document has what it is about with the kind of that, or neither",
    "hub/flow/outgoing.py:_outgoing: \"out\" → 'outx'": "is cut to the three characters of its column, as all text is",
    "hub/flow/delivering.py:Deliverer.__init__: 0 → 1": "turns are numbered to be compared with each other",
    "hub/flow/bodies.py:BodySyntax.holds_many: False → None": "its one caller asks whether it is true; mypy refuses it",
    "hub/flow/x12/opening.py:open_interchanges: 1 → 2": "with which event a step ends: steps are as long as before",
    "hub/flow/portions.py:portions: 0 → 1": "a byte of a bound that is tuned: nobody is promised how long a portion is",
    "hub/flow/delivering.py:Deliverer._deliver: \"after-send-before-mark\" → 'after-send-before-markx'": (
        "a place where the crash harness kills the hub, which is not among the tests that are looked through"
    ),
}
