"""What the codes of acknowledgements mean, in words: what a receiver finds wrong, and what its sender can do.

Each table is one code list of the standard: the code, what it says of what was sent, and the remedy for whoever sent
it. A code that no table has is said as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.spelling import visible

CODE_CHARACTERS_MAX = 12  # of a code as sent; no list has one longer than three

Said = tuple[str, str]
"""What is wrong, to stand after "the partner says"; what to do about it."""

_OTHERWISE = "this message stays as it is, so tell the partner by other means what it says"
"""What is sent again is the same bytes: what was put right serves the documents that follow."""
_MAP = f"put the map or the partner's guide right; {_OTHERWISE}"
_ASK = f"ask the partner what they expect there, put the map or the guide right; {_OTHERWISE}"
_AGAIN = "send it again; if it comes back, look at how it was delivered"
_ENVELOPE = f"put the envelope in the partner's file right; {_OTHERWISE}"
_SECURITY = ("its security does not check out", "ask the partner which security they expect; none is written here")

INTERCHANGE: Mapping[str, Said] = {
    "000": ("nothing is wrong with it", "nothing to do"),
    "001": ("the control numbers of its header and trailer differ", _AGAIN),
    "002": ("its standard (ISA11) is not one they take", _ENVELOPE),
    "003": ("its version (ISA12) is not one they take", _ENVELOPE),
    "004": ("its segment terminator is not one they take", _ENVELOPE),
    "005": ("the qualifier of the sender id (ISA05) is not one they know", _ENVELOPE),
    "006": ("the sender id (ISA06) is not one they know", _ENVELOPE),
    "007": ("the qualifier of the receiver id (ISA07) is not theirs", _ENVELOPE),
    "008": ("the receiver id (ISA08) is not theirs", _ENVELOPE),
    "009": ("the receiver id (ISA08) is one they do not know", _ENVELOPE),
    "010": ("the authorisation qualifier (ISA01) is not one they take", _ENVELOPE),
    "011": ("the authorisation (ISA02) is not one they take", _ENVELOPE),
    "012": ("the security qualifier (ISA03) is not one they take", _ENVELOPE),
    "013": ("the security information (ISA04) is not one they take", _ENVELOPE),
    "014": ("its date (ISA09) is not one they take", _AGAIN),
    "015": ("its time (ISA10) is not one they take", _AGAIN),
    "016": ("its standard (ISA11) is invalid", _ENVELOPE),
    "017": ("its version (ISA12) is invalid", _ENVELOPE),
    "018": ("its control number (ISA13) is not one they take", f"ask which number they saw last; {_OTHERWISE}"),
    "019": ("its wish for an acknowledgement (ISA14) is invalid", _ENVELOPE),
    "020": ("its usage indicator (ISA15) is not the one they expect", "compare who is in test and who in production"),
    "021": ("the number of groups in its trailer is not what they counted", _AGAIN),
    "022": ("it is not built as an interchange must be", _AGAIN),
    "023": ("it ended too early, its trailer is missing", _AGAIN),
    "024": ("something in it stands outside its groups, or a group is unsound", _AGAIN),
    "025": ("its control number came before", "ask what came under that number; if it was this, nothing is lost"),
    "026": ("its element separator is not one they take", _ENVELOPE),
    "027": ("its component separator is not one they take", _ENVELOPE),
    "028": ("its date of delivery is invalid", _ASK),
    "029": ("its time of delivery is invalid", _ASK),
    "030": ("its code of delivery is invalid", _ASK),
    "031": ("its grade of service is invalid", _ASK),
}
"""TA105."""

GROUP: Mapping[str, Said] = {
    "1": ("they do not take groups of this kind", "ask which kinds they take, and put the partner's file right"),
    "2": ("they do not take this release", "ask which release they take, and put the partner's file right"),
    "3": ("the trailer of the group is missing", _AGAIN),
    "4": ("the control numbers of the group's header and trailer differ", _AGAIN),
    "5": ("the number of sets in the group's trailer is not what they counted", _AGAIN),
    "6": ("the group's control number is not one they take", f"ask which number they saw last; {_OTHERWISE}"),
    "19": ("the group's control number came before in this interchange", "ask what came under that number"),
    **dict.fromkeys((str(n) for n in (*range(10, 19), *range(20, 27))), _SECURITY),
}
"""AK905 to AK909."""

SET: Mapping[str, Said] = {
    "1": ("they do not take this kind of set", "ask which sets they take, and put the partner's file right"),
    "2": ("the trailer of the set is missing", _AGAIN),
    "3": ("the control numbers of the set's header and trailer differ", _AGAIN),
    "4": ("the number of segments in the set's trailer is not what they counted", _AGAIN),
    "5": ("one or more of its segments are at fault", "ask the partner which of its segments they mean"),
    "6": ("the identifier of the set is missing or not one they take", _MAP),
    "7": ("the control number of the set is missing or not one they take", _AGAIN),
    "18": ("the set does not belong into its group", _ENVELOPE),
    "19": ("the convention it names is not one they take", _MAP),
    "23": ("the control number of the set came before in its group", _AGAIN),
    **dict.fromkeys((str(n) for n in (*range(8, 14), 15, 16, 17, 20, 21, 22, *range(24, 28))), _SECURITY),
}
"""AK502 to AK506."""

SEGMENT: Mapping[str, Said] = {
    "1": ("they do not know this segment", f"leave the segment out for this partner; {_OTHERWISE}"),
    "2": ("they do not expect this segment there", _ASK),
    "3": ("a segment that they demand is missing before it", f"add what they demand to the map; {_OTHERWISE}"),
    "4": ("the loop that begins here comes too often", "ask how many they take, and split the document"),
    "5": ("the segment comes too often", "ask how many they take, and put the map right"),
    "6": ("the segment is not part of this set with them", f"leave the segment out for this partner; {_OTHERWISE}"),
    "7": ("the segment stands out of order", _MAP),
    "8": ("elements of the segment are at fault", "see what is said of its elements; else ask which they mean"),
    "I4": ("the segment is not used with them", f"leave the segment out for this partner; {_OTHERWISE}"),
    "I6": ("a segment that they demand in this case is missing", _ASK),
    "I7": ("the loop comes less often than they demand", _ASK),
    "I8": ("the segment comes less often than they demand", _ASK),
    "I9": ("the segment is not used with them in this case", _ASK),
}
"""AK304."""

ELEMENT: Mapping[str, Said] = {
    "1": ("a value that they demand is missing", f"add the value to the map; {_OTHERWISE}"),
    "2": ("a value that another one demands is missing", f"add the value to the map; {_OTHERWISE}"),
    "3": ("there are more elements than they take", _MAP),
    "4": ("the value is too short", _ASK),
    "5": ("the value is too long", _ASK),
    "6": (
        "the value holds a character that they do not take",
        "name separators or a substitute that they take",
    ),
    "7": ("the code is not one they take", "ask which codes they take, and put the map's table right"),
    "8": ("the date is not one they take", _ASK),
    "9": ("the time is not one they take", _ASK),
    "10": ("the value may not stand beside another one", f"leave one of the two out of the map; {_OTHERWISE}"),
    "12": ("there are more repetitions than they take", _MAP),
    "13": ("there are more components than they take", _MAP),
    "I6": ("the code is not used with them", "ask which codes they take, and put the map's table right"),
    "I9": ("a value that they demand in this case is missing", _ASK),
    "I10": ("the value is not used with them", f"leave the value out for this partner; {_OTHERWISE}"),
    "I11": ("there are fewer repetitions than they demand", _ASK),
    "I12": ("the value has not the form that they demand", _ASK),
    "I13": ("the value is not used with them in this case", _ASK),
}
"""AK403."""


LISTS: Mapping[str, Mapping[str, Said]] = {
    "interchange": INTERCHANGE,
    "group": GROUP,
    "set": SET,
    "segment": SEGMENT,
    "element": ELEMENT,
}
"""Each list by its name, as it stands in the keys of what is said of a code: ``theirs/group/1``."""
_SAID = {f"{name}/{code}": said for name, codes in LISTS.items() for code, said in codes.items()} | {
    "none": ("it is at fault, without a reason", "ask the partner for the reason"),
    "unknown": ("it is at fault, code {code}", "ask the partner what the code means"),
}
declared({f"theirs/{key}": Phrase(message=why) for key, (why, _) in _SAID.items()})
declared({f"theirs/{key}/do": Phrase(message=remedy) for key, (_, remedy) in _SAID.items()})


def said_by(name: str, code: str | None) -> dict[str, Word]:
    """Return what ``code`` of a list says (``why``), and what to do (``then``); one that is not in it as it is."""
    if not code:
        key, words = "theirs/none", dict[str, Word]()
    elif code in LISTS[name]:
        key, words = f"theirs/{name}/{code}", {}
    else:
        key, words = "theirs/unknown", {"code": visible(code[:CODE_CHARACTERS_MAX])}
    return {"why": Wording(key=key, words=words), "then": Wording(key=f"{key}/do")}
