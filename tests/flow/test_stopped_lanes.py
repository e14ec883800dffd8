"""A folder that cannot be written to costs its partner one row and one line, and no answer an attempt."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hub.exchange import messages, outbox, stopped
from hub.exchange.outbox import DueDelivery
from hub.flow.delivering import AT_ONCE, Deliverer, DeliveryWay, transports
from hub.kernel.scope import EVERYONE
from hub.platform.database import Database
from hub.transport.blocked import OF_ONE_FILE, WHY, Blocked, blocked
from hub.transport.folder import deliver
from hub.transport.places import Places
from tests.conftest import NOW
from tests.flow.owing import EVIL, GOOD, Owing, delivered_elsewhere
from tests.security.accounts import HUB, PARTNER, as_account, only_as_root, place_for_all

MANY = 500
A_DAY = int(timedelta(days=1) / stopped.WAIT_MAX) + 20  # rounds of a lane in a day, and the short ones before

Mend = Callable[[], None]


@pytest.fixture
def owing(database: Database, tmp_path: Path) -> Iterator[Owing]:
    made = Owing(database, tmp_path)
    yield made
    made.close()


def _replaced(path: Path, put: Callable[[Path], object]) -> Mend:
    shutil.rmtree(path)
    put(path)

    def mend() -> None:
        path.unlink()
        path.mkdir(mode=0o700)

    return mend


def _opened(path: Path, mode: int, before: int) -> Mend:
    path.chmod(mode)
    return lambda: path.chmod(before)


def _out(owing: Owing) -> Path:
    return owing.places.outbox(EVIL)


BLOCKED: dict[str, tuple[Callable[[Owing], Mend], str]] = {
    "a file for out": (lambda o: _replaced(_out(o), lambda p: p.write_bytes(b"")), "TRN-FOLDER-LINK"),
    "a link to a folder for out": (lambda o: _replaced(_out(o), lambda p: p.symlink_to("in")), "TRN-FOLDER-LINK"),
    "a link to nothing for out": (lambda o: _replaced(_out(o), lambda p: p.symlink_to("no")), "TRN-FOLDER-LINK"),
    "a link to itself for out": (lambda o: _replaced(_out(o), lambda p: p.symlink_to(p.name)), "TRN-FOLDER-LINK"),
    "a pipe for out": (lambda o: _replaced(_out(o), os.mkfifo), "TRN-FOLDER-LINK"),
    "a file for the partner's folder": (
        lambda o: _replaced(_out(o).parent, lambda p: p.write_bytes(b"")),
        "TRN-FOLDER-LINK",
    ),
    "a link for the partner's folder": (
        lambda o: _replaced(_out(o).parent, lambda p: p.symlink_to("beta")),
        "TRN-FOLDER-LINK",
    ),
    "a folder open to all": (lambda o: _opened(_out(o).parent, 0o701, 0o700), "TRN-FOLDER-OPEN"),
}


@pytest.mark.parametrize("kind", BLOCKED)
def test_five_hundred_answers_to_a_folder_at_fault_are_one_row_one_line_and_one_call(owing: Owing, kind: str) -> None:
    theirs, others = owing.owe(MANY), owing.owe(20, GOOD)
    block, code = BLOCKED[kind]
    mend = block(owing)
    owing.go()
    assert owing.rows()["stopped_lane"] == 1
    assert owing.lines("warning", "error") == ["deliveries stopped"]
    assert list(owing.called()) == theirs[:1]
    assert code in owing.called()[theirs[0]]
    assert owing.counted["deliver"] == 1 + len(others), "what is owed to another goes out"
    assert owing.states(GOOD) == {"delivered"}
    assert owing.rows()["delivery_attempt"] == len(others), "no attempt is spent"
    for each in (theirs[0], theirs[1], theirs[-1]):
        waits = owing.detail(each).delivery
        assert waits is not None
        assert (waits.state, waits.attempts, waits.tries) == ("ready", 0, [])
        assert str(waits.error).startswith(code), "each says why it waits"

    mend()
    owing.later(seconds=stopped.WAIT_MIN.total_seconds())
    owing.go()
    assert [each for each in owing.sent if each in set(theirs)] == theirs, "all, in their order, each once"
    assert owing.rows()["stopped_lane"] == 0
    assert owing.called() == {}
    assert owing.lines("info") == ["deliveries go on"]


def test_a_day_at_fault_costs_a_look_now_and_then_and_no_row_or_line(owing: Owing) -> None:
    theirs = owing.owe(MANY)
    mend = BLOCKED["a file for out"][0](owing)
    owing.go()
    before, lines = owing.rows(), len(owing.logged)
    spent = timedelta()
    while spent < timedelta(days=1):
        owing.later(seconds=10)
        spent += timedelta(seconds=10)
        owing.go()
    assert owing.rows() == before
    assert len(owing.logged) == lines
    assert owing.counted["deliver"] == 1
    assert owing.counted["judge"] <= A_DAY
    owing.later(seconds=stopped.WAIT_MAX.total_seconds())
    mend()
    owing.go()
    assert owing.sent == theirs
    assert owing.states() == {"delivered"}


class Disk:
    """A folder in which writing ends as the system says, for as long as it says so."""

    def __init__(self, number: int) -> None:
        self.number: int | None = number

    def __call__(self, due: DueDelivery) -> None:
        if self.number is not None and due.partner == EVIL:
            fault = OSError(self.number, os.strerror(self.number))
            raise fault if self.number in (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM) else blocked(fault)


OF_PLACE = (
    errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EROFS, errno.EACCES,
    errno.EPERM, errno.ESTALE, errno.ETIMEDOUT, errno.EXDEV, errno.ENOENT, errno.ENOTDIR,
)  # fmt: skip
OF_FILE = (errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EFBIG)


@pytest.mark.parametrize("number", OF_PLACE, ids=errno.errorcode.get)
def test_what_only_writing_tells_stops_the_lane_as_well(database: Database, tmp_path: Path, number: int) -> None:
    disk = Disk(number)
    owing = Owing(database, tmp_path, disk)
    theirs = owing.owe(40)
    others = owing.owe(3, GOOD)
    owing.go()
    for _ in range(12):  # more rounds than an answer has attempts
        owing.later(seconds=stopped.WAIT_MAX.total_seconds())
        owing.go()
    assert owing.counted["deliver"] == 13 + len(others), "one answer a round tries it out"
    assert owing.rows()["delivery_attempt"] == len(others)
    assert owing.lines("warning", "error") == ["deliveries stopped"]
    disk.number = None
    owing.later(seconds=stopped.WAIT_MAX.total_seconds())
    owing.go()
    assert [each for each in owing.sent if each in set(theirs)] == theirs
    assert owing.states() == {"delivered"}
    owing.close()


@pytest.mark.parametrize("number", OF_FILE, ids=errno.errorcode.get)
def test_what_is_wrong_with_one_file_costs_that_file_alone(database: Database, tmp_path: Path, number: int) -> None:
    first: list[str] = []

    def refuse(due: DueDelivery) -> None:
        first[:] = first or [due.message]
        if due.message == first[0]:
            raise blocked(OSError(number, os.strerror(number)))

    owing = Owing(database, tmp_path, refuse)
    theirs = owing.owe(30)
    owing.go()
    assert owing.sent == theirs[1:]
    assert owing.lane() is None
    failed = owing.detail(theirs[0]).delivery
    assert failed is not None
    assert len(failed.tries) == 1
    owing.close()


def test_every_reason_is_of_the_place_or_of_one_file_and_known_as_such() -> None:
    assert {number for number in WHY if WHY[number] in OF_ONE_FILE} == set(OF_FILE)
    assert not Blocked("TRN-FOLDER-NEW: of a kind nobody has met").of_one_file


def test_a_restart_goes_on_waiting_with_what_it_had(owing: Owing) -> None:
    theirs = owing.owe(MANY)
    mend = BLOCKED["a folder open to all"][0](owing)
    owing.go()
    for _ in range(12):
        owing.taken_over()
        owing.go()
    assert owing.rows()["delivery_attempt"] == 0
    assert owing.counted["deliver"] == 1, "a restart looks at the folder, and tries no answer"
    lane = owing.lane()
    assert lane is not None
    assert lane.rounds == 13
    mend()
    owing.taken_over()
    owing.go()
    assert owing.sent == theirs, "who mended the folder and started the hub waits no longer"


@pytest.mark.parametrize("times", [1, 2, 7, 10, 11, 25])
@pytest.mark.parametrize("mended", [False, True])
def test_a_hub_killed_at_any_answer_delivers_all_of_them_in_their_order(
    database: Database, tmp_path: Path, times: int, mended: bool
) -> None:
    owing = Owing(database, tmp_path)
    theirs = owing.owe(30)
    mend = BLOCKED["a file for out"][0](owing)
    if mended:
        owing.go()
        mend()
    killed = delivered_elsewhere(database.url, tmp_path, f"between-attempt-and-send:{times}", 5.0 if mended else 0.0)
    assert killed == (-9 if mended or times == 1 else 0), "a stopped lane has one answer tried"
    owing.taken_over()
    owing.later(seconds=outbox.ATTEMPT_LEASE.total_seconds())
    owing.go()
    if not mended:
        assert owing.rows()["stopped_lane"] == 1
        mend()
        owing.later(seconds=stopped.WAIT_MAX.total_seconds())
        owing.go()
    gone = len(theirs) - len(owing.sent)
    assert owing.sent == theirs[gone:], "those that had gone before the kill are not sent again"
    assert gone == (times - 1 if mended else 0)
    assert owing.states() == {"delivered"}
    assert len(list(_out(owing).iterdir())) == len(theirs)
    spent = [owing.detail(each).delivery for each in theirs]
    assert max(len(each.tries) for each in spent if each) <= 2, "the kill at most"
    owing.close()


@pytest.mark.parametrize("kills", [1, 12])
def test_kills_while_the_place_is_at_fault_spend_no_attempt(database: Database, tmp_path: Path, kills: int) -> None:
    owing = Owing(database, tmp_path, Disk(errno.EDQUOT))  # seen by writing alone
    theirs = owing.owe(20)
    owing.go()
    for _ in range(kills):
        owing.later(seconds=stopped.WAIT_MAX.total_seconds())
        at = (owing.clock.now() - NOW).total_seconds()
        assert delivered_elsewhere(database.url, tmp_path, "between-attempt-and-send", at) == -9
        owing.taken_over()
        assert owing.rows()["delivery_attempt"] == 0
    assert owing.states() == {"ready"}
    first = owing.detail(theirs[0]).delivery
    assert first is not None
    assert first.tries == []
    owing.close()


def test_answers_that_come_meanwhile_wait_behind_the_others(owing: Owing) -> None:
    theirs = owing.owe(AT_ONCE + 5)
    mend = BLOCKED["a pipe for out"][0](owing)
    owing.go()
    owing.later(seconds=1)
    theirs += owing.owe(7)
    owing.go()
    assert owing.counted["deliver"] == 1
    mend()
    owing.later(seconds=4)
    owing.go()
    assert owing.sent == theirs


def test_another_reason_is_told_once_more_and_the_same_one_is_not(owing: Owing) -> None:
    owing.owe(3)
    mend = BLOCKED["a file for out"][0](owing)
    owing.go()
    mend()
    BLOCKED["a folder open to all"][0](owing)
    for _ in range(5):
        owing.later(seconds=stopped.WAIT_MAX.total_seconds())
        owing.go()
    assert owing.lines("warning") == ["deliveries stopped", "deliveries still stopped"]
    assert len(owing.called()) == 1


def test_a_person_who_has_dealt_with_the_call_is_not_called_again_for_the_same_stop(owing: Owing) -> None:
    [first, *_] = owing.owe(3)
    BLOCKED["a file for out"][0](owing)
    owing.go()
    now = owing.clock.now()
    assert owing.database.write_now(lambda conn: messages.dismiss(conn, EVERYONE, first, actor="person:kim", now=now))
    for _ in range(5):
        owing.later(seconds=stopped.WAIT_MAX.total_seconds())
        owing.go()
    assert owing.called() == {}


@pytest.mark.parametrize("what", ["the root is open", "writing is a file", "our folder is a link", "the root is gone"])
def test_a_fault_of_our_own_folders_stops_each_partner_once_and_spends_no_attempt(
    owing: Owing, tmp_path: Path, what: str
) -> None:
    theirs, others = owing.owe(50), owing.owe(50, GOOD)
    root = owing.places.root
    if what == "the root is open":
        mend = _opened(root, 0o777, 0o711)
    elif what == "the root is gone":
        root.rename(tmp_path / "away")

        def mend() -> None:
            (tmp_path / "away").rename(root)

    elif what == "writing is a file":
        mend = _replaced(root / ".hub" / "writing", lambda path: path.write_bytes(b""))
    else:
        (root / ".hub").rename(tmp_path / "ours")
        (root / ".hub").symlink_to(tmp_path / "ours")

        def mend() -> None:
            (root / ".hub").unlink()
            (tmp_path / "ours").rename(root / ".hub")

    owing.go()
    assert owing.rows() == {"delivery_attempt": 0, "stopped_lane": 2, "timeline": 2}
    assert owing.lines("warning", "error") == ["deliveries stopped"] * 2
    assert not any(str(tmp_path) in why for why in owing.called().values()), "no path is told"
    mend()
    owing.later(seconds=5)
    owing.go()
    assert [each for each in owing.sent if each in set(theirs)] == theirs
    assert [each for each in owing.sent if each in set(others)] == others


def _gone(out: Path) -> None:
    out.rmdir()
    out.parent.chmod(0o500)


def _read_by_group(out: Path) -> None:
    os.chown(out, PARTNER, HUB)
    out.chmod(0o750)


CLOSED: dict[str, tuple[Callable[[Path], None], int]] = {
    "read only": (lambda out: out.chmod(0o500), HUB),
    "no rights at all": (lambda out: out.chmod(0), HUB),
    "not to be entered": (lambda out: out.chmod(0o600), HUB),
    "removed, and not to be made": (_gone, HUB),
    "the partner's folder is closed": (lambda out: out.parent.chmod(0), HUB),
    "another owner": (lambda out: os.chown(out, PARTNER, PARTNER), HUB),
    "another owner of the partner's folder": (lambda out: os.chown(out.parent, PARTNER, PARTNER), HUB),
    "another group may read": (_read_by_group, HUB),
}


@pytest.mark.parametrize("kind", CLOSED)
def test_a_folder_the_hubs_account_may_not_write_into_is_seen_before_an_answer_is_tried(kind: str) -> None:
    only_as_root()
    with place_for_all() as place:
        places = Places(place / "folders")

        def prepare() -> None:
            places.prepare([EVIL])

        place.chmod(0o777)
        os.chown(place, HUB, HUB)
        place.chmod(0o711)
        as_account(HUB, prepare)
        assert as_account(HUB, lambda: places.fault_of_way_out(EVIL) is None)
        spoil, account = CLOSED[kind]
        spoil(places.outbox(EVIL))
        fault = as_account(account, lambda: str(places.fault_of_way_out(EVIL)))
        assert fault == "TRN-FOLDER-CLOSED: the hub may not enter the folder or write into it"
        assert not list((places.root / ".hub" / "writing").iterdir())


def test_a_file_of_the_answers_name_that_the_hub_may_not_replace_stops_that_answer_alone() -> None:
    only_as_root()
    with place_for_all() as place:
        os.chown(place, HUB, HUB)
        places = Places(place / "folders")

        def prepare() -> None:
            places.prepare([EVIL])

        as_account(HUB, prepare)
        out = places.outbox(EVIL)
        os.chown(out, PARTNER, HUB)
        out.chmod(0o1770)  # sticky: who owns a file there is the only one to replace it
        (out / "855.edi").write_bytes(b"mine")
        os.chown(out / "855.edi", PARTNER, PARTNER)

        def send(name: str) -> str:
            try:
                return deliver(places, EVIL, name, b"ISA")
            except Blocked as fault:
                return f"{fault.of_one_file} {fault}"

        held = as_account(HUB, lambda: send("855.edi"))
        assert held == "True TRN-FOLDER-NAME: what stands under the name of the file cannot be replaced"
        assert as_account(HUB, lambda: send("997.edi")) == "997.edi"


def test_while_one_waits_what_is_owed_to_another_later_on_goes_out_at_once(owing: Owing) -> None:
    owing.owe(2)
    BLOCKED["a file for out"][0](owing)
    owing.go()
    others = owing.owe(2, GOOD)
    owing.go()
    assert (owing.sent, owing.states(GOOD), owing.states(EVIL)) == (others, {"delivered"}, {"ready"})


def test_a_hub_that_starts_anew_says_how_many_deliveries_it_takes_over(owing: Owing) -> None:
    owing.owe(3)
    now = owing.clock.now()
    assert len(owing.database.write_now(lambda conn: outbox.claim(conn, now=now, limit=2))) == 2
    assert owing.database.write_now(lambda conn: outbox.take_over(conn, now=now)) == 2
    owing.go()
    assert len(owing.sent) == 3


def test_a_lane_that_another_hub_takes_while_its_place_is_looked_at_is_left_to_that_one(
    database: Database, tmp_path: Path
) -> None:
    ours, theirs = Owing(database, tmp_path), Owing(database, tmp_path)
    ours.owe(3)
    mend = BLOCKED["a file for out"][0](ours)
    ours.go()
    mend()
    ours.later(seconds=stopped.WAIT_MIN.total_seconds())
    lane, now = ours.lane(), ours.clock.now()
    assert lane is not None

    def taken_meanwhile(partner: str) -> None:
        database.write_now(lambda conn: outbox.claim_one(conn, lane, now=now))

    ways = {"folder": DeliveryWay(deliver=transports(ours.places)["folder"].deliver, fault_of=taken_meanwhile)}
    ours._deliverer = Deliverer(ours._services, ways)
    assert ours.wait(ours._deliverer._deliver_due()) == 0
    taken = ours.lane()
    assert taken is not None
    assert (taken.rounds, taken.reason) == (lane.rounds + 1, lane.reason), "it is theirs now"
    assert taken.again_at == now + outbox.ATTEMPT_LEASE, "and nobody tries it before their trial has ended"
    assert not [*ours.places.outbox(EVIL).iterdir()], "and nothing has gone out twice"
    for each in (ours, theirs):
        each.close()
