"""What hostile text calls if it ever runs: it sings, and whoever listens knows."""

from __future__ import annotations

SUNG: list[str] = []


def sing(song: str = "") -> str:
    """Note that text became code."""
    SUNG.append(song)
    return song
