"""`hub send` against a small server that answers as the hub's interface says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hub.cli.main import run

ORDER = b"ISA*00*~"


class _Hub(BaseHTTPRequestHandler):
    """Takes a body for the partner `somebody` and judges it at the second question."""

    outcome = "accepted"
    more: Mapping[str, object] = {}  # what it says beside, from its first answer on
    asked = 0
    called = ""  # the file, as the last message said

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).called = self.headers["x-file-name"]
        if self.headers["authorization"] != "Bearer hub_key":
            self._answer(401, {"title": "Unauthorized", "detail": "this key is not known"}, "application/problem+json")
        else:
            assert (self.path, body) == ("/inbound/somebody", ORDER)
            self._answer(202, {"message": "0193", "status": "/api/v1/messages/0193"})

    def do_GET(self) -> None:
        type(self).asked += 1
        pending = type(self).asked == 1
        self._answer(
            200,
            {
                "id": "0193",
                "document": "PurchaseOrder",
                "validation": "pending" if pending else "valid",
                "outcome": "none" if pending else type(self).outcome,
                **type(self).more,
            },
        )

    def _answer(self, status: int, value: object, media: str = "application/json") -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def url() -> Iterator[str]:
    _Hub.asked, _Hub.outcome = 0, "accepted"
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def order(tmp_path: Path) -> str:
    file = tmp_path / "order.edi"
    file.write_bytes(ORDER)
    return str(file)


def test_the_message_id_is_printed(url: str, order: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_key"]) == 0
    assert capsys.readouterr().out == "message  0193\n"


@pytest.mark.parametrize(
    ("name", "called"),
    [("order 1.edi", "order 1.edi"), ("订单.edi", "%E8%AE%A2%E5%8D%95.edi"), ("a\nb.edi", "a%0Ab.edi")],
)
def test_the_hub_is_told_what_the_file_is_called(url: str, tmp_path: Path, name: str, called: str) -> None:
    (tmp_path / name).write_bytes(ORDER)
    assert run(["send", str(tmp_path / name), "--partner", "somebody", "--url", url, "--key", "hub_key"]) == 0
    assert _Hub.called == called


def test_the_key_may_come_from_the_environment(url: str, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_KEY", "hub_key")
    assert run(["send", order, "--partner", "somebody", "--url", url]) == 0


def test_waiting_shows_the_verdict(url: str, order: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_key", "--wait", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"]["outcome"] == "accepted"


def test_a_refused_order_ends_with_1_when_waited_for(url: str, order: str, capsys: pytest.CaptureFixture[str]) -> None:
    _Hub.outcome = "refused"
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_key", "--wait"]) == 1
    assert "refused" in capsys.readouterr().out


def test_a_wrong_key_is_a_refusal_with_the_hubs_own_words(
    url: str, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_other"]) == 1
    assert "401 this key is not known" in capsys.readouterr().err


def test_where_no_hub_answers_nothing_was_sent(order: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", order, "--partner", "somebody", "--url", "http://127.0.0.1:9", "--key", "k"]) == 2
    assert "no hub answers" in capsys.readouterr().err


def test_a_key_is_needed(order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_KEY", raising=False)
    assert run(["send", order, "--partner", "somebody"]) == 2
    assert "--key" in capsys.readouterr().err


def test_a_held_order_ends_with_3_and_its_reason(
    url: str, order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Hub, "outcome", "held")
    finding = {"code": "BUS-CONDITION", "message": "the order says 'X'", "severity": 1}
    monkeypatch.setattr(_Hub, "more", {"documents": [{"findings": [finding]}], "attention": "held"})
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_key", "--wait"]) == 3
    assert "BUS-CONDITION: the order says 'X'" in capsys.readouterr().err


def test_a_message_that_stands_still_unjudged_is_not_waited_for(
    url: str, order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Hub, "more", {"validation": "pending", "attention": "A person of the factory looks at it"})
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_key", "--wait"]) == 3
    assert "A person of the factory looks at it" in capsys.readouterr().err


def test_a_quarantined_message_ends_with_1_and_its_reason(
    url: str, order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = {"code": "ENV-IDENTITY-TAKEN", "message": "N-1 came before", "severity": 6}
    monkeypatch.setattr(_Hub, "more", {"findings": [finding], "outcome": "quarantined"})
    assert run(["send", order, "--partner", "somebody", "--url", url, "--key", "hub_key", "--wait"]) == 1
    assert "N-1 came before" in capsys.readouterr().err
