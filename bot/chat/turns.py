"""Runs the assistant's turns: one after another in a conversation, many conversations at once."""

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import structlog

from bot.chat.answers import dialogue_of, outcome_of
from bot.chat.fall_back import fall_back
from bot.chat.findings import complete_package
from bot.chat.notices import said_first
from bot.context import for_search
from bot.conversation import Owner
from bot.errors import AppError
from bot.hub import TurnWaiting, Typing
from bot.rasa import RasaError, Reply
from bot.services import Services
from bot.store.messages import Draft
from bot.store.models import Message
from bot.store.turns import Job, Outcome, finish, job_of, last_answer, next_turn, waiting_conversations

MOST_ATTEMPTS = 3
MOST_AT_ONCE = 64
MOST_REMEMBERED = 10_000
_KEEP_AGAIN_AFTER_S = 0.5
log = structlog.get_logger("bot.turns")


class TurnRunner:
    """Hears of waiting turns from the hub, and looks for forgotten ones at start and every so often."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._tried: dict[str, set[int]] = {}
        self._done: OrderedDict[str, None] = OrderedDict()  # no open turn, as far as this process knows
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._loops: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin listening and sweeping."""
        self._loops = [asyncio.create_task(self._listen()), asyncio.create_task(self._sweep())]

    async def stop(self, grace_s: float = 1.0) -> None:
        """Let what runs end, for a moment; what does not is run again at the next start."""
        for loop in self._loops:
            loop.cancel()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=grace_s)
        left = [*self._loops, *self._running.values()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def wake(self, conversation_id: str, first: Job | None = None) -> None:
        """See to it that the conversation's turns are run; `first` is the only open one, if that is known."""
        if conversation_id in self._running:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._run_all(conversation_id, first))
        self._running[conversation_id] = task
        task.add_done_callback(lambda done: self._ended(conversation_id, done))

    async def _listen(self) -> None:
        missed = False
        while True:
            with self._services.hub.subscribe() as subscription:
                if missed:
                    log.warning("too many events at once, looking for waiting turns instead")
                    await self._wake_waiting(everything=True)
                while (event := await subscription.get()) is not None:
                    if isinstance(event, TurnWaiting):
                        self._hear(event)
            missed = True

    def _hear(self, event: TurnWaiting) -> None:
        """Run a turn straight from the change that made it, where no other can be open before it."""
        only = event.conversation_id in self._done or event.conversation.last_seq == 1
        self.wake(event.conversation_id, job_of(event.turn, event.conversation) if only else None)

    async def _sweep(self) -> None:
        while True:
            await self._wake_waiting()
            await asyncio.sleep(self._services.settings.turn_sweep_s)

    async def _wake_waiting(self, *, everything: bool = False) -> None:
        try:
            store = self._services.store
            waiting = await self._services.whole(waiting_conversations(store, everything=everything))
        except AppError as error:
            log.warning("cannot look for waiting turns", error=error.message)
            return
        for conversation_id in waiting:
            self.wake(conversation_id)

    def _ended(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        del self._running[conversation_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("turn failed", conversation=conversation_id, exc_info=error)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            if not task.cancelled():
                self.wake(conversation_id)

    async def _run_all(self, conversation_id: str, first: Job | None) -> None:
        self._done.pop(conversation_id, None)
        async with self._slots:
            try:
                if first is not None:
                    self._tried.setdefault(conversation_id, set()).add(first.turn_id)
                    await self._run(first)
                # The only open turn was that one, unless another came meanwhile and woke this conversation.
                if first is None or conversation_id in self._again:
                    while job := await self._next(conversation_id):
                        await self._run(job)
                self._tried.pop(conversation_id, None)
            except AppError as error:
                log.warning("turn waits", conversation=conversation_id, error=error.message)
                return
        self._done[conversation_id] = None
        while len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)

    async def _next(self, conversation_id: str) -> Job | None:
        tried = self._tried.get(conversation_id, set())
        job = await self._services.whole(next_turn(self._services.store, conversation_id, tried))
        if job is not None:
            self._tried.setdefault(conversation_id, set()).add(job.turn_id)
        return job

    async def _run(self, job: Job) -> None:
        services, conversation_id = self._services, job.conversation.id
        services.running.answering.add(conversation_id)
        services.hub.publish(Typing(conversation_id, "assistant", on=True))
        began = services.clock.monotonic()
        try:
            outcome = await self._answer(job)
            kept = await self._keep(job, outcome)
        finally:
            services.running.answering.discard(conversation_id)
            services.hub.publish(Typing(conversation_id, "assistant", on=False))
        services.metrics.turns.labels(outcome.how if kept else "dropped").inc()
        services.metrics.answer_s.observe(services.clock.monotonic() - began)
        if kept and outcome.hand_over is not None:
            before = _leans_on(job, outcome.hand_over.question)
            services.in_background(complete_package(services, conversation_id, before))

    async def _answer(self, job: Job) -> Outcome:
        looking = asyncio.create_task(self._last_answer(job))
        announcing = asyncio.create_task(self._notices(job))
        outcome = await self._reply(job, looking)
        return replace(outcome, drafts=(*await announcing, *outcome.drafts))

    async def _reply(self, job: Job, looking: asyncio.Task[Message | None]) -> Outcome:
        reply = await self._ask_rasa(job)
        last = await looking
        if reply is not None:
            try:
                return outcome_of(reply, job, last)
            except RasaError as error:
                self._note_failure(job, error)
        return await fall_back(self._services.knowledge, self._services.clock, job, last)

    async def _notices(self, job: Job) -> list[Draft]:
        """What shoppers should know before the answer; an answer without it is better than none."""
        with contextlib.suppress(AppError):
            return await self._services.whole(said_first(self._services, job))
        return []

    async def _last_answer(self, job: Job) -> Message | None:
        if job.conversation.last_seq <= 1:
            return None
        with contextlib.suppress(AppError):
            return await self._services.whole(last_answer(self._services.store, job.conversation.id))
        return None

    async def _ask_rasa(self, job: Job) -> Reply | None:
        if job.attempt > MOST_ATTEMPTS:
            log.error("turn given up", conversation=job.conversation.id, attempts=job.attempt - 1)
            return None
        sender = f"{job.conversation.id}.{job.conversation.generation}"
        try:
            return await self._services.rasa.ask(sender, job.say, self._metadata(job))
        except RasaError as error:
            self._note_failure(job, error)
            return None

    def _note_failure(self, job: Job, error: RasaError) -> None:
        log.warning("no answer from Rasa", conversation=job.conversation.id, why=error.why)
        self._services.metrics.errors.labels(f"rasa_{error.why}").inc()

    async def _keep(self, job: Job, outcome: Outcome) -> bool:
        """Keep the outcome; while the database is away, try until the lease is nearly over."""
        store, clock = self._services.store, self._services.clock
        give_up = clock.monotonic() + store.lease_s / 2
        while True:
            try:
                staffed = self._services.presence.staffed
                return await self._services.whole(finish(store, job, outcome, staffed=staffed))
            except AppError as error:
                if error.code != "unavailable" or clock.monotonic() > give_up:
                    raise
            await asyncio.sleep(_KEEP_AGAIN_AFTER_S)

    def _metadata(self, job: Job) -> dict[str, Any]:
        row = job.conversation
        return {
            "locale": row.locale,
            "owner": Owner.QUEUE.value if row.owner == Owner.QUEUE else Owner.ASSISTANT.value,
            "desk": {"staffed": self._services.presence.staffed},
            "context": for_search(row.context, row.locale, self._services.clock.now()),
            "state": dialogue_of(job),
        }


def _leans_on(job: Job, question: str | None) -> str | None:
    """The question before, when the one that is handed over is what the shopper has just said."""
    if question is None or question.split() != job.say.split():
        return None
    before = dialogue_of(job)["last_question"]
    return str(before) if before else None
