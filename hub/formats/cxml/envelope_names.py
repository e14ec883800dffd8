"""What the parts of a cXML envelope are called, in our own words: by element, itself as "" and what stands in it."""

from __future__ import annotations

from collections.abc import Mapping

ENVELOPE_NAMES: Mapping[str, Mapping[str, str]] = {
    "cXML": {
        "@payloadID": "Id of the message",
        "@timestamp": "When it was written",
        "@version": "Version of the format",
        "@lang": "Language",
        "@signatureVersion": "Version of the signature",
    },
    "Header": {"": "Who sends it, and to whom"},
    "From": {"": "Whom it is from"},
    "To": {"": "Whom it is for"},
    "Sender": {"": "Who hands it over", "UserAgent": "Program that wrote it"},
    "Credential": {
        "": "Number of a party",
        "@domain": "List the number is of",
        "Identity": "Number",
        "SharedSecret": "Shared secret",
    },
    "Request": {"@deploymentMode": "Test or production"},
}
