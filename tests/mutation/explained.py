"""Mutants that no test can catch, and why: what they change nobody could notice.

By where it stands and what becomes what, as ``Mutant.name`` says it.
"""

from __future__ import annotations

ALONE = "is settled alone and not with others: pace alone"
BEFOREHAND = "is written before the transaction that sends it or within, or in vain: pace alone"

EXPLAINED: dict[str, str] = {
    "hub/flow/outgoing.py:_outgoing: \"out\" → 'outx'": "is cut to the three characters of its column, as all text is",
    "hub/flow/delivering.py:Deliverer.__init__: 0 → 1": "turns are numbered to be compared with each other",
    "hub/flow/x12/opening.py:open_interchanges: 1 → 2": "with which event a step ends: steps are as long as before",
    "hub/exchange/recording.py:_document: <= → <": "what is as long as it may be is cut to that length",
    "hub/flow/readers.py:ReadInSubprocess.start: await self._subprocess.start() → pass": (
        "the process comes up with the first message: pace alone"
    ),
    "hub/flow/preparing.py:with_drafts: waits and replace(waits, result=withheld(waits.result, fault)) → None": (
        BEFOREHAND
    ),
    "hub/flow/x12/rendering.py:render: composed → not (composed)": (
        "what a map writes has a place in its guide, and what comes too often the validator finds again"
    ),
    "hub/flow/x12/rendering.py:as_set: \"ST\" → 'STx'": "what is judged is what stands between ST and SE",
    "hub/flow/laying_out.py:_Lines._is_long: < → <=": "an empty first line holds nothing that could be broken",
    "hub/flow/x12/acknowledging.py:_about: < → <=": "by how many numbers it is found is a measure: one more or less",
    "hub/flow/outgoing.py:Outgoing.flush: self._drafts = {} → pass": "a transaction ends with the one flush",
    "hub/exchange/intake.py:_row: \"document\" → 'documentx'": "the column is empty where nothing is put into it",
    "hub/exchange/envelopes.py:_take_over: 1 → 2": "what was entered is found again as its own: pace alone",
    "hub/flow/progress.py:Unsettled.acknowledges_many: or → and": BEFOREHAND,
    "hub/flow/progress.py:Unsettled.acknowledges_many: > → >=": BEFOREHAND,
    "hub/flow/progress.py:Unsettled.acknowledges_many: len(self.before.summary.judged) > "
    "DOCUMENTS_ACKNOWLEDGED_AT_ONCE → None": BEFOREHAND,
    "hub/flow/progress.py:Unsettled.may_be_grouped: is → is not": ALONE,
    "hub/flow/progress.py:Unsettled.may_be_grouped: or → and": (
        "what would else be settled alone is settled with others, and by itself where that does not hold: pace alone"
    ),
    "hub/flow/progress.py:Unsettled.may_be_grouped: all(each.position in prepared for each in documents if "
    "each.takes_effect) → None": ALONE,
    "hub/flow/syntaxes.py:warm_up: rules.of_room(room, partner.id) → pass": "the first message that needs it reads it",
    "hub/flow/inspecting.py:_buyer: or → and": "a document has its canonical name with its form, or neither",
    "hub/flow/drafts.py:Reply: False → True": "who acknowledges nothing says it neither in a test nor otherwise",
    "hub/flow/delivering.py:Deliverer._deliver: \"after-send-before-mark\" → 'after-send-before-markx'": (
        "a place where the crash harness kills the hub, which is not among the tests that are looked through"
    ),
}
