"""What libxml2 says, in words for whoever wrote the document: the parser of a body, and the judge of a partner's XSD.

In: one of its messages. Out: what is said, to be put into the sentence of a finding, in its reader's language. What is
not foreseen is None: a person of ours is shown it as it stands (``plain``), whoever wrote the document is told no more
than where it is.
"""

from __future__ import annotations

import re

from hub.kernel.sentence import Phrase, Wording, declared
from hub.kernel.spelling import visible

BEHIND_THE_END = ("Extra content at the end", "XML declaration allowed only")
"""What it says of whatever stands behind a document."""
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
        (r"EntityRef: expecting ';'\Z", "xml/bare-ampersand"),
        (r"Attribute (?P<tag>\S+) redefined\Z", "xml/attribute-twice"),
        (r"AttValue: \" or ' expected\Z", "xml/not-quoted"),
        (r"Specification mandates value for attribute (?P<tag>\S+)\Z", "xml/not-quoted"),
        (r"attributes construct error\Z", "xml/attributes"),
        (r"Unescaped '<' not allowed in attributes values\Z", "xml/bare-less-than"),
        (r"Namespace prefix (?P<tag>\S+) (?:for \S+ )?on \S+ is not defined\Z", "xml/no-prefix"),
        (r"(?:StartTag: invalid element name|xmlParseStartTag: invalid element name)\Z", "xml/no-name"),
        (r"Couldn't find end of Start Tag (?P<tag>\S+)(?: line (?P<line>\d+))?\Z", "xml/tag-not-ended"),
        (r"(?:expected '>'|'>' required)\Z", "xml/tag-not-ended"),
        (r"Comment not terminated.*", "xml/comment-not-ended"),
        (r"Double hyphen within comment.*", "xml/hyphens"),
        (r"CData section not finished.*", "xml/cdata-not-ended"),
        (r"Sequence '\]\]>' not allowed in content\Z", "xml/cdata-end"),
        (r"XML declaration allowed only at the start of the document\Z", "xml/declaration"),
        (r"Document is empty\Z", "xml/no-element"),
        (r"The attribute '(?P<tag>.*)' is not allowed\.", "xsd/no-attribute"),
        (r"The attribute '(?P<names>.*)' is required but missing\.", "xsd/missing"),
        (r"\[facet 'enumeration'\] The value '(?P<text>.*)' is not an element of the set \{.*\}\.", "xsd/no-code"),
        (r"\[facet '(?:min|max)?[lL]ength'\] The value has a length of '(?P<text>\d+)'.*", "xsd/length"),
        (r"\[facet '(?:min|max)(?:In|Ex)clusive'\] The value '(?P<text>.*?)' .*", "xsd/range"),
        (r"\[facet '(?:fraction|total)Digits'\] The value '(?P<text>.*?)' .*", "xsd/digits"),
        (r"Character content (?:other than whitespace )?is not allowed.*", "xsd/no-text"),
        (r"Element content is not allowed.*", "xsd/no-elements"),
        (r"No match found for key-sequence \[(?P<text>.*)\] of keyref '[^']*'\.", "xsd/names-nothing"),
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


def in_words(said: str) -> Wording | None:
    """Return what it says as the sender of the document would put it; None for what was not foreseen."""
    told = plain(said)
    for pattern, key in _SAID:
        found = pattern.fullmatch(told) or pattern.fullmatch(f"{told}.")
        if found:
            return Wording(key=key, words={name: visible(each or "") for name, each in found.groupdict().items()})
    return None


def plain(said: str) -> str:
    """Return what it says without its place, which is told beside, and without names in Clark notation."""
    return visible(_CLARK.sub(r"\1", _PLACE.sub("", said)).strip()[:WORDS_MAX].removesuffix("."))


declared(
    {
        "xml/ends-within": Phrase(message="it ends before <{tag}> of line {line} is closed"),
        "xml/closed-by": Phrase(message="<{tag}> of line {line} is closed by </{other}>"),
        "xml/no-element": Phrase(message="an element was expected here"),
        "xml/behind-the-end": Phrase(message="something stands behind the end of the root element"),
        "xml/no-entity": Phrase(message="'{other}' is no entity of XML"),
        "xml/bare-ampersand": Phrase(message="an ampersand that begins no entity is to be written as one"),
        "xml/attribute-twice": Phrase(message="the attribute {tag} stands twice in one element"),
        "xml/not-quoted": Phrase(message="an attribute has no value in quotation marks"),
        "xml/attributes": Phrase(message="attributes are names, each with a value in quotation marks, blanks between"),
        "xml/bare-less-than": Phrase(message="< in the value of an attribute is to be written as &lt;"),
        "xml/no-prefix": Phrase(message="the prefix {tag} is not declared"),
        "xml/no-name": Phrase(message="< stands before what is no name of an element; in text it is written as &lt;"),
        "xml/tag-not-ended": Phrase(message="a tag does not end in >"),
        "xml/comment-not-ended": Phrase(message="a comment does not end in -->"),
        "xml/hyphens": Phrase(message="two hyphens stand in a comment"),
        "xml/cdata-not-ended": Phrase(message="a CDATA section does not end in ]]>"),
        "xml/cdata-end": Phrase(message="]]> stands in text; its last sign is written as &gt;"),
        "xml/declaration": Phrase(message="the XML declaration does not stand at the very beginning"),
        "xsd/no-attribute": Phrase(message="the attribute {tag} is not known in it"),
        "xsd/no-code": Phrase(message="'{text}' is none of its codes"),
        "xsd/length": Phrase(message="it may not have {text} characters"),
        "xsd/range": Phrase(message="'{text}' is outside the range it may have"),
        "xsd/digits": Phrase(message="'{text}' has more digits than it may have"),
        "xsd/no-text": Phrase(message="text stands where none may be"),
        "xsd/no-elements": Phrase(message="elements stand where there may be text alone"),
        "xsd/names-nothing": Phrase(message="'{text}' is nothing that the document names"),
        "xsd/pattern": Phrase(message="'{text}' does not follow the pattern '{other}'"),
        "xsd/expected-other": Phrase(message="it is not expected here, where there should be {names}"),
        "xsd/not-expected": Phrase(message="it is not expected here"),
        "xsd/missing": Phrase(message="{names} is missing in it"),
        "xsd/no-value": Phrase(message="'{text}' is no value of its type"),
        "xsd/twice": Phrase(message="'{text}' comes twice, and must come but once"),
    }
)
