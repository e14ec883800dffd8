"""A customer on a procurement network, which knows no key of ours: it signs what it sends, and reads Responses."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from lxml import etree

from tests.e2e.conftest import PATIENCE_SECONDS, Served, serving, until
from tests.house import CHECKOUT

MERIDIAN, OTHER = "meridian-cath", "acme-cardio"
SECRET, WRONG = "catheter-0815-hush", "introducer-4711-hush"
ORDER = (CHECKOUT / "partners" / MERIDIAN / "samples" / "order.xml").read_bytes()


def order(number: str, secret: str | None = SECRET, *, encoding: str = "UTF-8") -> bytes:
    """Return an order of theirs, signed."""
    shown = f"<SharedSecret>{secret}</SharedSecret>" if secret is not None else ""
    text = ORDER.decode().replace("MC-4500071", number).replace("1795165200.4711", f"{number}.4711")
    text = text.replace("<Identity>AN01000000001</Identity>", f"<Identity>AN01000000001</Identity>{shown}")
    return text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)


def in_parts(body: bytes, coding: str) -> bytes:
    """Return a cXML with something attached to it."""
    written = base64.encodebytes(body) if coding == "base64" else body
    return (
        b"--XX\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--XX\r\n"
        b"Content-Type: application/pdf\r\nContent-ID: <drawing@meridian>\r\n\r\n%%PDF-1.7\r\n--XX--\r\n"
    ) % (coding.encode(), written)


class Network:
    """What signs and sends for them."""

    def __init__(self, served: Served, other: Served, folder: Path) -> None:
        self.served = served
        self.other = other
        self.folder = folder

    def post(self, body: bytes, partner: str = MERIDIAN, **headers: str) -> httpx.Response:
        told = {"content-type": "text/xml", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return httpx.post(f"{self.served.url}/inbound/{partner}", content=body, headers=told, timeout=PATIENCE_SECONDS)

    def verdict(self, answer: httpx.Response) -> dict[str, object]:
        with self.served.client() as partner:
            return until(partner, message_in(answer))

    def messages(self) -> list[str]:
        """Return how the files of what was taken in are called; of what came without a file, its id."""
        shown = {"authorization": f"Bearer {self.served.key}"}
        answer = httpx.get(f"{self.served.url}/api/v1/messages?direction=in&limit=200", headers=shown)
        return [each.get("file_name") or each["id"] for each in answer.json()["items"]]

    def kept(self) -> Iterator[tuple[Path, bytes]]:
        for place, _, files in os.walk(self.folder):
            for file in files:
                yield Path(place, file), Path(place, file).read_bytes()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("signed")
    own = folder / "config" / "partners" / MERIDIAN
    own.mkdir(parents=True)
    agreed = (CHECKOUT / "partners" / MERIDIAN / "partner.toml").read_text()
    (own / "partner.toml").write_text(f'{agreed}\n[[transports]]\nkind = "folder"\ndirections = ["in"]\n')
    with serving(folder, MERIDIAN, OTHER, config=folder / "config") as served:
        given = [sys.executable, "-m", "hub", "partner", "secret", MERIDIAN, "--given", "--data", str(folder / "data")]
        environment = os.environ | {"HUB_CONFIG_PATH": str(folder / "config")}
        subprocess.run(given, input=f"{SECRET}\n", text=True, check=True, env=environment, capture_output=True)
        yield Network(served[MERIDIAN], served[OTHER], folder)


def status_in(answer: httpx.Response) -> tuple[str, str]:
    """Return code and text of the Status in a Response."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert root.attrib["payloadID"].endswith("@contract-hub")
    [status] = root.findall("Response/Status")
    return str(status.attrib["code"]), status.text or ""


def message_in(answer: httpx.Response) -> str:
    found = re.match("message ([0-9a-f-]{36})", status_in(answer)[1])
    assert found is not None
    return found[1]


def test_who_signs_needs_no_key_and_hears_which_message_it_is(network: Network) -> None:
    answer = network.post(order("MC-1"))
    code, said = status_in(answer)
    assert code == "201"
    assert said == f"message {message_in(answer)}; name it when you ask what became of it"
    shown = network.verdict(answer)
    assert (shown["validation"], shown["outcome"], shown["wire"]) == ("valid", "accepted", "OrderRequest")


def test_the_same_bytes_again_are_the_same_message(network: Network) -> None:
    first, again = network.post(order("MC-2")), network.post(order("MC-2"))
    assert (status_in(first)[0], status_in(again)[0]) == ("201", "200")
    assert message_in(first) == message_in(again)
    assert "came before" in status_in(again)[1]


def test_under_one_idempotency_key_other_bytes_are_a_conflict_though_what_is_kept_is_the_same(network: Network) -> None:
    body = order("MC-3")
    assert status_in(network.post(body, idempotency_key="of-mc-3"))[0] == "201"
    assert status_in(network.post(body, idempotency_key="of-mc-3"))[0] == "200"
    other = body.replace(b"<Street>210", b"<Street>211")
    assert status_in(network.post(other, idempotency_key="of-mc-3"))[0] == "409"


def test_nobody_else_gets_in_by_a_secret_and_nothing_of_theirs_is_kept(network: Network) -> None:
    before = len(network.messages())
    theirs = order("MC-4").replace(b"AN01000421977", b"AN01000999999")
    for partner, body in (
        (MERIDIAN, order("MC-4", WRONG)),
        (MERIDIAN, order("MC-4", None)),
        (MERIDIAN, order("MC-4", "")),
        (MERIDIAN, theirs),  # signed, and sent by somebody else
        (OTHER, order("MC-4")),
        ("nobody-at-all", order("MC-4")),
    ):
        assert status_in(network.post(body, partner))[0] == "401", (partner, body[:900])
    assert len(network.messages()) == before


def test_who_has_a_key_signs_all_the_same(network: Network) -> None:
    shown = {"authorization": f"Bearer {network.served.key}"}
    assert status_in(network.post(order("MC-5", WRONG), **shown))[0] == "401"
    assert status_in(network.post(order("MC-5", None), **shown))[0] == "401"
    assert status_in(network.post(order("MC-5"), **shown))[0] == "201"


def test_a_key_that_is_wrong_is_none_even_with_the_right_secret(network: Network) -> None:
    assert status_in(network.post(order("MC-6"), authorization="Bearer hub_aaaaaaaa_" + "a" * 43))[0] == "401"


def test_what_is_said_to_others_stays_what_it_was(network: Network) -> None:
    others = {"application/edi-x12": b"ISA*00*", "text/xml": b"<Order/>", "application/json": b"{}"}
    for content_type, body in others.items():
        answer = network.post(body, content_type=content_type)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        shown = network.post(body, content_type=content_type, authorization=f"Bearer {network.served.key}")
        assert shown.status_code == 202
        assert set(json.loads(shown.content)) == {"message", "status"}


def test_of_what_nobody_can_keep_whole_nothing_is_kept(network: Network) -> None:
    padded = order("MC-7").replace(b"<SharedSecret>", b"<SharedSecret><!--" + b"x" * 70_000 + b"-->")
    assert status_in(network.post(padded))[0] == "401"
    assert status_in(network.post(padded, authorization=f"Bearer {network.served.key}"))[0] == "401"


def test_no_secret_stays_anywhere_whatever_became_of_the_message(network: Network) -> None:
    shown = {"authorization": f"Bearer {network.served.key}"}
    good = order("MC-8")
    answers = [
        network.post(good),
        network.post(good),
        network.post(good.replace(b"</OrderRequest>", b"")),  # broken
        network.post(good[: good.index(b"<Request")], **shown),
        network.post(order("MC-9").replace(b"<Extrinsic ", b" " * 400_000 + b"<Extrinsic ")),  # a file of its own
        network.post(in_parts(order("MC-10"), "8bit"), content_type="multipart/related; boundary=XX"),
        network.post(in_parts(order("MC-11"), "base64"), content_type="multipart/related; boundary=XX"),
        network.post(order("MC-12", encoding="UTF-16"), content_type="application/xml"),
        network.post(order("MC-13").replace(b"<Header>", b"<Header><!-- SharedSecret %s -->" % WRONG.encode())),
        network.post(order("MC-14", WRONG)),
        network.post(order("MC-14", WRONG), **shown),
        network.post(order("MC-15", WRONG), "nobody-at-all"),
        network.post(b"<Order><SharedSecret>%s</SharedSecret></Order>" % WRONG.encode(), **shown),
    ]
    taken = [each for each in answers[:9] if status_in(each)[0] in ("200", "201")]
    assert len(taken) == 9, [status_in(each) for each in answers[:9]]
    verdicts = [network.verdict(each) for each in taken]
    assert [each["outcome"] for each in verdicts[4:9]] == ["accepted"] * 5
    assert verdicts[2]["validation"] == "unreadable"
    _drop(network, "signed.xml", order("MC-16"))
    _drop(network, "forged.xml", order("MC-17", WRONG))
    _until(lambda: b"its secret is wrong" in (network.folder / "log").read_bytes().split(b"forged.xml")[-1])
    _until(lambda: "signed.xml" in network.messages())
    assert "forged.xml" not in network.messages()
    _until(lambda: not [each for each, _ in network.kept() if "handed" in each.parts])  # it may still have grown
    for secret in (SECRET, WRONG):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert [file for file, content in network.kept() if secret.encode(encoding) in content] == []


def test_no_secret_stays_that_is_coded_escaped_misspelt_or_said_beside_the_message(network: Network) -> None:
    shown = {"authorization": f"Bearer {network.served.key}"}
    part = b"\r\n--XX\r\nContent-Type: text/plain\r\n\r\n%s\r\n--XX" % base64.encodebytes(order("MC-20"))
    refused = [
        (urlencode({"cxml-urlencoded": order("MC-21")}).encode(), "application/x-www-form-urlencoded"),
        (urlencode({"cxml-base64": base64.b64encode(order("MC-22"))}).encode(), "application/x-www-form-urlencoded"),
        (base64.encodebytes(order("MC-23")), "text/plain"),
        (in_parts(order("MC-24"), "8bit").replace(b"\r\n--XX", part, 1), "multipart/related; boundary=XX"),
    ]
    for body, called in refused:
        answer = network.post(body, content_type=called, **shown)
        assert b"as text/xml" in answer.content, "it says what to send instead"
        _drop(network, f"coded-{called.count('m')}{len(body)}.txt", body)
    told = (f"&lt;SharedSecret&gt;{WRONG}&lt;/SharedSecret&gt;", f"</Extrinsic><Extrinsic name='SharedSecret'>{WRONG}")
    for number, said in enumerate(told):
        body = order(f"MC-25{number}").replace(b"</Extrinsic>", said.encode() + b"</Extrinsic>", 1)
        called = f"text/xml; SharedSecret={WRONG}; charset=utf-8"
        taken = network.post(body, content_type=called)
        assert network.verdict(taken)["validation"] == "valid"
        assert WRONG not in json.dumps(network.verdict(taken))
    misspelt = order("MC-26", WRONG).replace(b"SharedSecret>", b"SHAREDSECRET>")
    assert status_in(network.post(misspelt, OTHER, authorization=f"Bearer {network.other.key}"))[0] == "201"
    for key in (f"SharedSecret={WRONG}", SECRET):
        assert status_in(network.post(order("MC-27"), idempotency_key=key))[0] == "400"
    _until(lambda: len(_aside(network, "coded-")) == len(refused))
    _until(lambda: not [each for each, _ in network.kept() if "handed" in each.parts])
    for secret in (SECRET, WRONG):
        hidden = [secret.encode(), secret.encode("utf-16-le"), base64.b64encode(secret.encode())[:-4]]
        hidden += [base64.b64encode(bytes(at) + secret.encode())[4:-4] for at in (1, 2)]
        assert [file for file, content in network.kept() if any(each in content for each in hidden)] == []


def _aside(network: Network, name: str) -> list[Path]:
    """Return the files of that name that are nobody's any more: not dropped, and not in hand."""
    found = [each for each, _ in network.kept() if each.name.startswith(name)]
    return [each for each in found if each.parent.name != "in" and "taking" not in each.parts]


def _drop(network: Network, name: str, body: bytes) -> None:
    [inbox] = [each for each in (network.folder / "data").parent.rglob("in") if each.parent.name == MERIDIAN]
    (inbox / f".{name}").write_bytes(body)
    os.rename(inbox / f".{name}", inbox / name)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_secret_that_stands_in_its_message_a_second_time_is_kept_nowhere(network: Network) -> None:
    signed = order("AGAIN-1")
    noted = b"\r\n--XX\r\nContent-Type: text/plain\r\n\r\npassword: %s\r\n--XX--\r\n" % SECRET.encode()
    parts = {"content_type": 'multipart/related; boundary="XX"'}
    for body, headers in (
        (signed.replace(b"AGAIN-1.4711", SECRET.encode()), {}),
        (signed.replace(b"</cXML>", b"<!--%s--></cXML>" % base64.b64encode(SECRET.encode())), {}),
        (in_parts(signed, "8bit").replace(b"\r\n--XX--\r\n", noted), parts),
    ):
        answer = network.post(body, **headers)
        assert "its secret stands in it a second time" in answer.text
        assert SECRET not in answer.text
    named = network.post(signed, x_file_name=f"{SECRET}.xml")
    assert "X-File-Name holds the secret" in named.text
    network.verdict(network.post(signed))
    kept = [each for each in network.folder.rglob("*") if each.is_file()]
    assert kept
    assert not any(SECRET.encode() in each.read_bytes() for each in kept)


def test_our_own_command_hands_it_in_too(network: Network) -> None:
    file = network.folder / "order.xml"
    file.write_bytes(order("MC-18"))
    sends = [sys.executable, "-m", "hub", "send", str(file), "--partner", MERIDIAN, "--wait", "--json"]
    environment = os.environ | {"HUB_KEY": network.served.key}
    told = subprocess.run(
        [*sends, "--url", network.served.url], env=environment, check=True, capture_output=True, text=True
    )
    file.unlink()
    assert json.loads(told.stdout)["verdict"]["outcome"] == "accepted"
