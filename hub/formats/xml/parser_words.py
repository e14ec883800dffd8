"""What libxml2 says, in words for whoever wrote the document: the parser of a body, and the judge of a partner's XSD.

In: one of its messages. Out: what is said, to be put into the sentence of a finding, in its reader's language. What is
not foreseen stays as it is, but for its place, which is told beside, and for names in Clark notation.
"""

from __future__ import annotations

import re

from hub.kernel.sentence import Phrase, Word, Wording, declared
from hub.kernel.spelling import visible

WORDS_MAX = 300  # characters of what it says

_SAID = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"Premature end of data in tag (?P<tag>\S+) line (?P<line>\d+)", "xml/ends-within"),
        (r"Opening and ending tag mismatch: (?P<tag>\S+) line (?P<line>\d+) and (?P<other>\S+)", "xml/closed-by"),
        (r"Start tag expected, '<' not found\Z", "xml/no-element"),
        (r"Extra content at the end of the document\Z", "xml/behind-the-end"),
        (r"Entity '(?P<other>\S+)' not defined", "xml/no-entity"),
        (r"xmlParseEntityRef: no name\Z", "xml/bare-ampersand"),
        (
            r"\[facet 'pattern'\] The value '(?P<text>.*)' is not accepted by the pattern '(?P<other>.*)'\.",
            "xsd/pattern",
        ),
        (r"This element is not expected\. Expected is (?:one of )?\( ?(?P<names>.*?) ?\)\.", "xsd/expected-other"),
        (r"This element is not expected\.", "xsd/not-expected"),
        (r"Missing child element\(s\)\. Expected is (?:one of )?\( ?(?P<names>.*?) ?\)\.", "xsd/missing"),
        (r"'(?P<text>.*)' is not a valid value of the (?:local )?\w+ type(?: '(?P<tag>[^']*)')?\.", "xsd/no-value"),
        (r"Duplicate key-sequence \[(?P<text>.*)\] in unique identity-constraint '[^']*'\.", "xsd/twice"),
        (r"Duplicate key-sequence \[(?P<text>.*)\] in key identity-constraint '[^']*'\.", "xsd/twice"),
    )
)
_PLACE = re.compile(r"^Element '[^']*'(?:, attribute '[^']*')?: ")
_CLARK = re.compile(r"\{[^{}]*\}([^\s{}]+)")


def in_words(said: str) -> Word:
    """Return what it says as the sender of the document would put it."""
    plain = _CLARK.sub(r"\1", _PLACE.sub("", said)).strip()
    for pattern, key in _SAID:
        found = pattern.fullmatch(plain)
        if found:
            return Wording(key=key, words={name: visible(each or "") for name, each in found.groupdict().items()})
    return visible(plain[:WORDS_MAX].removesuffix("."))


declared(
    {
        "xml/ends-within": Phrase(message="it ends before <{tag}> of line {line} is closed"),
        "xml/closed-by": Phrase(message="<{tag}> of line {line} is closed by </{other}>"),
        "xml/no-element": Phrase(message="an element was expected here"),
        "xml/behind-the-end": Phrase(message="something stands behind the end of the root element"),
        "xml/no-entity": Phrase(message="'{other}' is no entity of XML"),
        "xml/bare-ampersand": Phrase(message="an ampersand that begins no entity is to be written as one"),
        "xsd/pattern": Phrase(message="'{text}' does not follow the pattern '{other}'"),
        "xsd/expected-other": Phrase(message="it is not expected here, where there should be {names}"),
        "xsd/not-expected": Phrase(message="it is not expected here"),
        "xsd/missing": Phrase(message="{names} is missing in it"),
        "xsd/no-value": Phrase(message="'{text}' is no value of its type"),
        "xsd/twice": Phrase(message="'{text}' comes twice, and must come but once"),
    }
)
