"""What is in hand of every partner and waits to be handed over: in fair turns, however much one of them has sent.

One file of each partner, then the next of each. What was looked at and could not go yet comes back to the front, so
the files of one partner go in its order. A large file goes alone, beside the small ones, and its partner's others wait
for it; those of different partners go one after the other, in turns as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from hub.transport.hand import FileInHand


class WaitingFiles:
    """Files that wait, by partner."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[FileInHand]] = {}  # in the order of their turns
        self._large: dict[str, FileInHand] = {}  # the one that is, or will be, handed over alone

    def __contains__(self, partner: object) -> bool:
        """Tell whether something of the partner waits."""
        return partner in self._waiting or partner in self._large

    def add(self, partner: str, files: Iterable[FileInHand]) -> None:
        """Put files at the end of the partner's pile."""
        if found := list(files):
            self._waiting.setdefault(partner, deque()).extend(found)

    def put_back(self, files: Sequence[FileInHand]) -> None:
        """Put files that could not go yet at the front of their piles, in the order in which they were given out."""
        for held in reversed(files):
            self._waiting.setdefault(held.partner, deque()).appendleft(held)

    def drop(self, partner: str) -> None:
        """Forget what waits of the partner: it stays in hand, and is found there at the next look."""
        self._waiting.pop(partner, None)

    def keep_only(self, partners: Iterable[str]) -> None:
        """Forget what waits of all others."""
        for partner in self._waiting.keys() - set(partners):
            self.drop(partner)

    def next(self, most: int) -> list[FileInHand]:
        """Give out up to ``most`` files: one of each partner, then the next of each.

        Who was served last is last in the next round, so nobody is passed over where there are more partners than that.
        """
        given: list[FileInHand] = []
        while len(given) < most:
            free = [partner for partner in self._waiting if partner not in self._large]
            if not free:
                break
            for partner in free[: most - len(given)]:
                pile = self._waiting.pop(partner)
                given.append(pile.popleft())
                if pile:
                    self._waiting[partner] = pile
        return given

    def set_large(self, held: FileInHand) -> None:
        """Let the file go alone, and the partner's others wait for it."""
        self._large[held.partner] = held

    def next_large(self) -> FileInHand | None:
        """Return the file that has waited longest to go alone; the partner's others wait until ``large_done``."""
        return next(iter(self._large.values()), None)

    def large_done(self, held: FileInHand) -> None:
        """Let the partner's other files go on."""
        self._large.pop(held.partner, None)
