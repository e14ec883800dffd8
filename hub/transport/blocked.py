"""What is in the way in a partner's folder, in words that its partner may read: they name nothing of the machine.

A fault is of the *place* and stops all that its partner is owed, but for the few that are of one file alone: its name
or its size. Where nobody can tell (a fault whose number says nothing), it is the place's: a person looks.
"""

from __future__ import annotations

import errno

from hub.kernel.sentence import Phrase, Wording, declared


class Blocked(Exception):
    """What lies in a partner's folder is in the way: a code and words that name no path, for its partner reads them."""

    @property
    def code(self) -> str:
        return str(self).partition(":")[0]

    @property
    def wording(self) -> Wording:
        """What is in the way, as data."""
        return Wording(key=_KEYS[str(self)])

    @property
    def of_one_file(self) -> bool:
        """Whether other files might go where this one cannot."""
        return str(self) in OF_ONE_FILE


IS_LINK = "TRN-FOLDER-LINK: a link or a file stands where the folder should be"
IS_GONE = "TRN-FOLDER-GONE: the folder is not there"
IS_CLOSED = "TRN-FOLDER-CLOSED: the hub may not enter the folder or write into it"
NAME_TAKEN = "TRN-FOLDER-NAME: a folder stands under the name of the file"
IS_OPEN = "TRN-FOLDER-OPEN: others than its partner may enter the folder"
IS_ELSEWHERE = "TRN-FOLDER-ELSEWHERE: the folder lies on another file system than the hub's own"
IS_FULL = "TRN-FOLDER-FULL: there is no room for the file"
IS_AT_FAULT = "TRN-FOLDER-FAULT: the folder could not be used"
NAME_HELD = "TRN-FOLDER-NAME: what stands under the name of the file cannot be replaced"
NAME_REFUSED = "TRN-FOLDER-NAME: the folder takes no file of this name"
TOO_LARGE = "TRN-FOLDER-SIZE: the folder takes no file of this size"
HUB_SHORT = "TRN-HUB-SHORT: the hub is short of room or of open files"
HUB_AT_FAULT = "TRN-HUB-FOLDERS: the hub's own folders could not be used"

OF_ONE_FILE = frozenset({NAME_TAKEN, NAME_HELD, NAME_REFUSED, TOO_LARGE})

_KEYS = {
    text: f"{text.partition(':')[0]}/{case}" if case else text.partition(":")[0]
    for text, case in (
        (IS_LINK, ""), (IS_GONE, ""), (IS_CLOSED, ""), (IS_OPEN, ""), (IS_ELSEWHERE, ""), (IS_FULL, ""),
        (IS_AT_FAULT, ""), (NAME_TAKEN, "taken"), (NAME_HELD, "held"), (NAME_REFUSED, "refused"), (TOO_LARGE, ""),
        (HUB_SHORT, ""), (HUB_AT_FAULT, ""),
    )
}  # fmt: skip
declared({key: Phrase(message=text) for text, key in _KEYS.items()})

WHY = {
    errno.ELOOP: IS_LINK,
    errno.ENOTDIR: IS_LINK,
    errno.ENOENT: IS_GONE,
    errno.EACCES: IS_CLOSED,
    errno.EPERM: IS_CLOSED,
    errno.EROFS: IS_CLOSED,
    errno.EISDIR: NAME_TAKEN,
    errno.EEXIST: NAME_TAKEN,
    errno.ENOTEMPTY: NAME_TAKEN,
    errno.ENAMETOOLONG: NAME_REFUSED,
    errno.EINVAL: NAME_REFUSED,
    errno.EILSEQ: NAME_REFUSED,
    errno.EFBIG: TOO_LARGE,
    errno.EXDEV: IS_ELSEWHERE,
    errno.EDQUOT: IS_FULL,
}
"""What the system says of a partner's folder."""


def blocked(fault: OSError) -> Blocked:
    """Return ``fault`` as a partner may read it."""
    return Blocked(WHY.get(fault.errno or 0, IS_AT_FAULT))
