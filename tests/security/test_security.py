"""Secrets have the form we promised, passwords are slow for everyone, and every permission has an owner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.business.rooms import RIGHTS
from hub.kernel.errors import Defect
from hub.kernel.scope import EVERYONE
from hub.security import passwords, policy, tokens
from hub.security.policy import Grant, Rights


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=32, max_size=32))
def test_a_key_has_the_promised_form_and_reads_back(name: bytes, secret: bytes) -> None:
    key = tokens.new_key(lambda count: name if count == 5 else secret)
    read = tokens.read_key(key.text)
    assert read is not None
    assert (read.id, read.digest) == (key.id, key.digest)
    assert key.text not in repr(read)


@pytest.mark.parametrize(
    "text", ["", "hub_", "hub_abcdefgh_" + "a" * 42, "hub_abcdefgh_" + "a" * 44, "HUB_abcdefgh_" + "a" * 43]
)
def test_what_has_not_the_form_is_no_key(text: str) -> None:
    assert tokens.read_key(text) is None
    assert tokens.read_key(f"hub_abcdefgh_{'a' * 43}\n") is None


def test_tokens_differ_and_compare() -> None:
    made = {tokens.new_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(token) for token in made} == {43}
    assert tokens.same("a", "a")
    assert not tokens.same("a", "\udcff")


def test_a_password_is_checked_by_argon2id() -> None:
    stored = passwords.hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert passwords.verify(stored, "correct horse battery")
    assert not passwords.verify(stored, "correct horse batterz")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(stored.replace("m=65536", "m=8192"))


@pytest.mark.parametrize("stored", [None, "", "plain text"])
def test_whoever_has_no_password_cannot_enter(stored: str | None) -> None:
    assert not passwords.verify(stored, "anything at all")
    assert not passwords.verify(stored, "x" * (passwords.LENGTH_MAX + 1))


@pytest.mark.parametrize(
    ("password", "sound"), [("short", False), ("x" * 2000, False), ("aaaaaaaaaaaaaa", False), ("correct horse", True)]
)
def test_what_can_be_a_password(password: str, sound: bool) -> None:
    assert (passwords.fault(password) is None) == sound


def test_a_room_grants_to_roles_there_are_and_what_is_not_granted_yet() -> None:
    granted = Grant(permission="lot:read", roles=("viewer",), keys=True)
    rights = Rights([granted])
    assert rights.person("kim", ["viewer"], None).may("lot:read")
    assert not rights.person("kim", ["finance"], None).may("lot:read")
    assert rights.key("acme-cardio", ["lot:read"]).may("lot:read")
    with pytest.raises(Defect, match="twice"):
        Rights([granted, granted])
    with pytest.raises(Defect, match="no role"):
        Rights([Grant(permission="lot:read", roles=("veiwer",))])


def test_roles_add_up_and_an_unknown_one_gives_nothing() -> None:
    caller = RIGHTS.person("kim", ["viewer", "administrator", "gone"], None)
    assert caller.may("message:read")
    assert caller.may("person:change")
    assert not caller.may("message:replay")
    assert caller.scope == EVERYONE
    assert policy.unknown_roles(["viewer", "gone"]) == ["gone"]
    assert not RIGHTS.person("kim", ["viewer"], ["acme-cardio"]).scope.allows("borealis-ortho")


def test_a_partners_key_holds_what_a_key_can_hold_and_sees_its_partner() -> None:
    caller = RIGHTS.key("acme-cardio", ["inbound:send", "person:change", "message:replay"])
    assert caller.permissions == {"inbound:send"}
    assert caller.scope.allows("acme-cardio")
    assert not caller.scope.allows("borealis-ortho")
