"""What becomes of bytes that nobody could read: they are kept, a person is called, and who asked for it is told."""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection

from hub.exchange import recording
from hub.exchange.budgets import by_partner, spend
from hub.exchange.controls import one_at_a_time
from hub.flow.documents import SUBJECTS, Envelope
from hub.flow.drafts import Reply
from hub.flow.effects import Effects
from hub.flow.replying import drafts_of, replied_amount
from hub.flow.services import Services
from hub.flow.syntaxes import SYNTAXES
from hub.flow.tasks import ALL_ACKNOWLEDGED, Task, complete
from hub.kernel.errors import Misconfigured, Unreadable
from hub.kernel.outcome import Key
from hub.kernel.sentence import Wording


def quarantine(services: Services, task: Task, fault: Unreadable, conn: Connection) -> None:
    """Keep bytes that nobody could read, tell someone, and acknowledge them where their partner's file asks for it."""
    message, findings = task.message, fault.findings()
    if task.finished_before:
        recording.note_acknowledged(conn, message.id, ALL_ACKNOWLEDGED)
    reply = _reply(services, task, fault)
    _send(services, task, fault, reply, conn)
    keys = recording.kept_keys(Key(kind=kind, value=value) for kind, value in fault.numbers)
    recording.put_kept_keys(conn, [(message.partner, message.id, keys)], SUBJECTS)
    recording.record(
        conn,
        recording.Processed(
            message=message.id,
            partner=message.partner,
            stages=task.reached("finished", services.clock.now()).stages,
            validation="unreadable",
            outcome="quarantined",
            acknowledgement=reply.acknowledgement if reply.of_documents else message.acknowledgement,
            attention=Wording(key="call/unreadable", words={"message": findings[0].wording}),
            syntax=fault.syntax,
            keys=keys,
            findings=findings,
        ),
    )
    complete(conn, task, services.clock.now())


def _reply(services: Services, task: Task, fault: Unreadable) -> Reply:
    """Return what its sender is told: once, however often the message is read in vain."""
    partner = services.rules.partners.get(task.message.partner)
    told_before = task.finished_before or task.message.acknowledgement == "rejected"
    if fault.syntax is None or partner is None or told_before:
        return Reply(acknowledgement="none")
    body = Envelope(position=1, reference=fault.reference, findings=fault.findings())
    with contextlib.suppress(Misconfigured):  # that of the bytes is told a person anyway
        syntax, now = SYNTAXES[fault.syntax], services.clock.now()
        return syntax.acknowledge(services.rules, partner, body, [], task.message.id, now)
    return Reply(acknowledgement="none")


def _send(services: Services, task: Task, fault: Unreadable, reply: Reply, conn: Connection) -> None:
    if not reply.of_documents or fault.syntax is None:
        return
    partner = task.message.partner
    one_at_a_time(conn, [partner])
    effects = Effects(conn, services.rules, services.blobs, services.clock)
    for draft in drafts_of([reply], fault.syntax, task.message.id, partner):
        effects.send(None, draft)
    effects.outgoing.flush()
    spend(conn, by_partner([(partner, replied_amount([reply]))]), services.clock.now())
