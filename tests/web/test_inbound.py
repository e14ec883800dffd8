"""Handing in a message: stored before it is answered, and refused only for what can be known at once."""

from __future__ import annotations

import httpx
import pytest

pytestmark = pytest.mark.anyio
BODY = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *261120*1200*U*00401*000000001*0*P*>~"


async def test_a_message_is_taken_with_202_and_says_where_its_verdict_will_stand(acme: httpx.AsyncClient) -> None:
    answer = await acme.post("/inbound/acme-cardio", content=BODY)
    assert answer.status_code == 202
    taken = answer.json()
    assert taken["status"] == f"/api/v1/messages/{taken['message']}"
    assert answer.headers["location"] == taken["status"]
    state = (await acme.get(taken["status"])).json()
    assert state["validation"] == "pending"
    assert state["size_bytes"] == len(BODY)
