"""By which numbers people ask for a set, read from its beginning segment whatever is wrong with the rest.

In: a set as read: rejected, cut short, in a refused interchange, of a kind nobody maps. Out: the kind and the value of
each number that stands in its first segments. Best effort, and bounded; of a set that begins in no way we know there is
nothing. What a number means to the business is a map's matter and not decided here.
"""

from __future__ import annotations

from hub.formats.x12.events import TransactionSet

OPENING_SEGMENTS = 6  # looked at: the beginning segment is the second, or a stray one stands before it
NUMBER_CHARACTERS_MAX = 120  # kept of a number: what the search box compares; the standard's longest has 30

BEGINNINGS: dict[str, tuple[tuple[int, str], ...]] = {
    "BEG": ((3, "purchase-order"), (4, "release"), (6, "contract")),  # 850
    "BAK": ((3, "purchase-order"), (5, "release"), (7, "contract")),  # 855
    "BCH": ((3, "purchase-order"), (4, "release"), (8, "contract")),  # 860
    "BCA": ((3, "purchase-order"), (4, "release"), (8, "contract")),  # 865
    "BIG": ((4, "purchase-order"), (2, "invoice"), (5, "release")),  # 810
    "BFR": ((11, "purchase-order"), (3, "release"), (10, "contract")),  # 830
    "BSS": ((10, "purchase-order"), (7, "release"), (9, "contract")),  # 862
    "BSN": ((2, "shipment"),),  # 856
}
"""Of each beginning segment, the elements that people ask by."""


def numbers_in(received: TransactionSet) -> list[tuple[str, str]]:
    """Return (kind, value) of each number in the beginning segment of ``received``, each value as sent."""
    for values in received.opening(OPENING_SEGMENTS):
        places = BEGINNINGS.get(values[0])
        if places is not None:
            return [(kind, number) for element, kind in places if (number := _number(values, element))]
    return []


def _number(values: list[str], element: int) -> str:
    return values[element].strip()[:NUMBER_CHARACTERS_MAX] if element < len(values) else ""
