"""What the segments of an X12 envelope and their elements are called, in our own words."""

from __future__ import annotations

ENVELOPE_NAMES = {
    "ISA": (
        "Interchange header",
        (
            "Authorisation qualifier",
            "Authorisation",
            "Security qualifier",
            "Security",
            "Sender qualifier",
            "Sender",
            "Receiver qualifier",
            "Receiver",
            "Date",
            "Time",
            "Standard, or repetition separator",
            "Version",
            "Interchange control number",
            "Acknowledgement requested",
            "Usage: test or production",
            "Component separator",
        ),
    ),
    "GS": (
        "Functional group header",
        (
            "Functional group",
            "Sender",
            "Receiver",
            "Date",
            "Time",
            "Group control number",
            "Agency",
            "Release",
        ),
    ),
    "ST": (
        "Transaction set header",
        ("Transaction set", "Set control number", "Implementation"),
    ),
    "SE": ("Transaction set trailer", ("Segments", "Set control number")),
    "GE": ("Functional group trailer", ("Sets", "Group control number")),
    "IEA": ("Interchange trailer", ("Groups", "Interchange control number")),
}
