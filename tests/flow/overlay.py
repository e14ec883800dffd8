"""A second partner and changes to the first, in a folder of configuration that wins over ours."""

from __future__ import annotations

from pathlib import Path

from tests.flow.wire import interchange
from tests.house import CHECKOUT

NORTH = "north-valve"
NORTH_SENDER = "ZZ*NORTHVALVE     "

PARTNER = """\
id        = "north-valve"
name      = "North Valve"
kind      = "customer"
usage     = "{usage}"
time_zone = "America/Chicago"
currency  = "USD"

[x12]
releases = ["004010"]
ours     = {{ qualifier = "ZZ", id = "MEDCM" }}
theirs   = [{{ qualifier = "ZZ", id = "NORTHVALVE" }}]

[sends]
850 = "x12/004010/850"
997 = "x12/004010/997"

[receives]
855 = "x12/004010/855"

[[transports]]
kind = "folder"
"""


def add_north(overlay: Path, *, usage: str = "P") -> None:
    """Add a partner that speaks X12 as it stands in the book, by folder, and may order what Acme may."""
    write(overlay, f"partners/{NORTH}/partner.toml", PARTNER.format(usage=usage))
    for name in ("items.toml", "prices.toml"):
        write(overlay, f"partners/{NORTH}/{name}", (CHECKOUT / "partners/acme-cardio" / name).read_text())


def short_numbers(overlay: Path) -> None:
    """Have Acme's guide take order numbers of ten characters in an answer; in an order they may have more."""
    narrowed = 'extends = "x12/004010/855"\n[elements]\n"BAK03" = { maximum = 10 }\n'
    write(overlay, "partners/acme-cardio/guides/855.toml", narrowed)


def change(overlay: Path, name: str, old: str, new: str) -> Path:
    """Put our file ``name`` into the overlay with ``old`` replaced."""
    text = (CHECKOUT / name).read_text()
    assert old in text
    return write(overlay, name, text.replace(old, new, 1))


def write(overlay: Path, name: str, text: str) -> Path:
    path = overlay / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def from_north(*groups: str, number: int, usage: str = "P") -> bytes:
    """Return an interchange as North Valve sends it."""
    own = (each.replace("*123456789*", "*NORTHVALVE*", 1) for each in groups)
    return interchange(*own, number=number, sender=NORTH_SENDER, usage=usage)
