"""Group commit: small messages whose effect was prepared are settled in one transaction, any other in its own.

An order costs a third of what it costs alone. What one of a group cannot do is undone and each goes alone, so that it
concerns nobody else; who finds that its effect is no longer what was prepared is settled alone from the start.
"""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from hub.flow.progress import Progress, Unsettled
from hub.flow.services import Services
from hub.flow.settling import replies_to, settle
from hub.platform.coalesced import Answers, Coalesced, each_alone, one_by_one

SETTLED_AT_ONCE = 32  # they hold the writer for some 30 ms


class Groups:
    """Settles portions of messages, several together where that may be."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: Coalesced[Unsettled, Progress] = Coalesced(self._settle_group, most=SETTLED_AT_ONCE)

    async def settle(self, unsettled: Unsettled) -> Progress:
        """Let the portion take effect; return what its message has come to."""
        if unsettled.acknowledges_many:
            unsettled = await self._with_replies(unsettled)
        if unsettled.may_be_grouped:
            return await self._waiting.ask(unsettled)
        [progress] = await self._alone([unsettled])
        return progress

    async def _with_replies(self, unsettled: Unsettled) -> Unsettled:
        """Write long acknowledgements before the transaction that numbers them."""
        rules = self._services.rules
        partner = rules.partner(unsettled.task.message.partner)
        assert unsettled.before is not None
        message, now = unsettled.task.message.id, self._services.clock.now()
        write = partial(replies_to, rules, partner, unsettled.portion, unsettled.before, message, now)
        return replace(unsettled, portion=replace(unsettled.portion, replies=await self._services.large.run(write)))

    async def _settle_group(self, group: list[Unsettled]) -> Answers[Progress]:
        try:
            found = await self._write(group)
        except Exception as fault:  # noqa: BLE001 - who it concerns hears of it when it is alone
            return await each_alone(self._alone, group, fault)
        apart = [unsettled for unsettled, progress in zip(group, found, strict=True) if progress is None]
        alone = iter(await one_by_one(self._alone, apart))
        return [next(alone) if progress is None else progress for progress in found]

    async def _alone(self, group: list[Unsettled]) -> list[Progress]:
        progress = [each for each in await self._write(group) if each is not None]
        assert len(progress) == len(group) == 1  # one message is settled whatever stands
        return progress

    async def _write(self, group: list[Unsettled]) -> list[Progress | None]:
        written = await self._services.database.write(partial(settle, self._services, group), behind=True)
        for unsettled, progress in zip(group, written, strict=True):
            if progress is not None:
                self._count(unsettled, progress)
        return written

    def _count(self, unsettled: Unsettled, progress: Progress) -> None:
        """Tell what has been written, now that it is: of the partner's budget, and in the numbers of the hub."""
        message, services = unsettled.task.message, self._services
        services.stored(message.partner, progress.stored)
        services.metrics.count_documents(message.partner, progress.became)
        if unsettled.portion.last:
            took = services.clock.now() - message.received_at
            services.metrics.processing_seconds.observe(took.total_seconds())
