"""Paid requests: written down first, sent once, and settled whatever comes back."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from kling_spec.ir import Secret
from kling_spec.ledger import Entry, LedgerError
from kling_spec.plan import Order
from kling_spec.providers import Accepted, JobState, Provider, Refusal, Refused, Request, Unclear, provider
from kling_spec.runner._event import Kind
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._fill import Filler
from kling_spec.runner._floor import LISTEN, Floor
from kling_spec.runner._http import NotSentError, UnclearError, once, send
from kling_spec.runner._lane import Slot
from kling_spec.runner._looks import moments
from kling_spec.runner._wait import Watch

_NO_SIGN = "nobody can tell whether it was sent"


Sent = Accepted | Refused | Unclear | NotSentError
"""What came of one request."""


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was taken, and the same attempt may be sent when there is room."""

    why: str


class Desk:
    """Submits orders. Every one is in the ledger, and its cost reserved, before its first byte leaves."""

    def __init__(self, floor: Floor, filler: Filler, watch: Watch) -> None:
        self._floor = floor
        self._filler = filler
        self._watch = watch

    async def submit(self, order: Order, slot: Slot, *, again: bool = False) -> str | Later | None:
        """Return the provider's id of the order, that it has to wait, or None where nothing comes of it.

        With `again` the attempt was put off before.
        """
        floor = self._floor
        try:
            body = await self._body(order)
        except FetchError as error:
            if floor.is_stopping:
                floor.unfinished(order, "not sent")
            else:
                floor.failed(order, Kind.FAILED, str(error))
            return None
        if floor.guard.holds(body.reveal()):
            floor.failed(
                order, Kind.FAILED, "not sent: a key of yours stands in it; look where its words come from"
            )
            return None
        if not floor.is_closed and (why := await floor.full_disk()):
            floor.close(why)
        if floor.is_closed:
            floor.unfinished(order, "not sent")
            return None
        try:
            await self._reserve(order, body, again=again)
        except LedgerError as error:
            floor.unfinished(order, f"not sent: {error}")
            return None
        floor.tell(Kind.SUBMITTED, order, amount=order.cost.amount, currency=order.cost.currency)
        return await self._send(order, body, slot)

    async def _reserve(self, order: Order, body: Secret, *, again: bool) -> None:
        """Write down that the order is about to be sent. Raises LedgerError, for a limit too."""
        ledger, limits = self._floor.shop.ledger, self._floor.shop.limits
        if again:
            await self._floor.write(ledger.retried, order.fingerprint, order.attempt, limits)
            return
        await self._floor.write(
            ledger.intend,
            fingerprint=order.fingerprint,
            attempt=order.attempt,
            body_sha256=_digest(body),
            limits=limits,
            task=order.tasks[0],
            spec=order.spec,
            provider=order.provider,
            model=order.model,
            account=self._floor.shop.accounts[order.provider].digest,
            client_id=order.client_id,
            estimate=order.cost.amount,
            estimate_currency=order.cost.currency,
            run=self._floor.shop.run,
            asked=self._asked(order),
        )

    def _asked(self, order: Order) -> Mapping[str, str]:
        """Return what is asked, to be kept; nothing of what holds a secret of the run."""
        guard = self._floor.guard
        return {task: ask for task, ask in order.asked().items() if not guard.holds(ask)}

    async def recover(self, order: Order, entry: Entry) -> str | None:
        """Return the id of an order that an earlier run may have sent, where that can be found out."""
        floor, why = self._floor, entry.message or "an earlier run ended while it was being sent"
        _, account = floor.account(order.provider)
        if entry.account != account.digest:
            await self._unsettled(order, _with(why, "that was with another key, or at another address"))
            return None
        if job := await self._hinted(order):
            return await self._accepted(order, job, is_new=False)
        body = await self._same_body(order, entry)
        sent = floor.shop.ledger.sent_at(order.fingerprint) or entry.created
        age = max((floor.shop.clock() - sent).total_seconds(), 0.0)
        when = moments(self._doubt_seconds(order), age, at_once=True)
        return await self._settle(order, body, why, when, is_new=False)

    async def _hinted(self, order: Order) -> str | None:
        """Return the job that a callback told of, where the provider itself confirms that it has it."""
        job = self._floor.shop.ledger.hinted(order.fingerprint)
        if job is None:
            return None
        status, _ = await self._watch.look(order.provider, job)
        return job if status is not None and status.state is not JobState.LOST else None

    # -- sending --

    async def _body(self, order: Order, *, is_repeat: bool = False) -> Secret:
        """Return the body that is sent. Raises FetchError."""
        fill = await self._filler.fill(order, is_repeat=is_repeat)
        token = self._floor.shop.token_of(order.client_id)
        if not order.slots:  # a thread costs more than words do; files are another matter
            return _rendered(order, fill, token)
        return await asyncio.to_thread(_rendered, order, fill, token)

    async def _send(self, order: Order, body: Secret, slot: Slot) -> str | Later | None:
        """Send the body, and once more where it was signed for another time than the provider's."""
        floor, ledger = self._floor, self._floor.shop.ledger
        answer = await self._post(order, body)
        if isinstance(answer, Refused) and answer.kind is Refusal.SIGN and not floor.is_closed:
            await floor.write(ledger.unsent, order.fingerprint, answer.message)
            await floor.again(order.provider)
            await floor.write(ledger.retried, order.fingerprint, order.attempt, floor.shop.limits)
            answer = await self._post(order, body)
        match answer:
            case Accepted(job):
                floor.reached(order.provider)
                slot.accepted()
                return await self._accepted(order, job, is_new=True)
            case Unclear(why):
                await floor.write(ledger.unknown, order.fingerprint, why)
                floor.in_doubt(why)
                when = moments(self._doubt_seconds(order))
                return await self._settle(order, body, why, when, is_new=True)
            case Refused(Refusal.RETRY, _, message):
                floor.reached(order.provider)
            case Refused():
                await self._refused(order, answer)
                return None
            case NotSentError():
                message = f"not sent: {answer}"
                floor.not_reached(order.provider, message)
        await floor.write(ledger.unsent, order.fingerprint, message)
        slot.refused()
        if not floor.is_closed:
            floor.tell(Kind.WAITING, order, message)
        return Later(message)

    async def _post(self, order: Order, body: Secret) -> Sent:
        """Send the body once. A stop does not cut this short: the answer says what was paid for."""
        back_end, account = self._floor.account(order.provider)
        task = {"X-Kling-Spec-Task": quote(order.tasks[0])} if account.is_sandbox else {}
        headers = {**back_end.submit_headers(order.client_id), **task}
        request = Request(method="POST", path=order.path, headers=headers)
        signed = self._floor.headers(order.provider)
        self._floor.asked(order.provider)
        try:
            reply = await send(once(), self._floor.guard, account.base_url, request, signed, body)
        except NotSentError as error:
            return error
        except UnclearError as error:
            return Unclear(str(error))
        answer = back_end.read_submit(reply)
        if isinstance(answer, Refused) and answer.kind is Refusal.SIGN:
            self._floor.learn_time(order.provider, reply.date)
        return answer

    # -- what comes back --

    async def _accepted(self, order: Order, job: str, *, is_new: bool) -> str | None:
        floor, cost = self._floor, order.cost
        if is_new:
            floor.outcome.accepted(cost)
        try:
            await floor.write(floor.shop.ledger.accepted, order.fingerprint, job)
        except LedgerError as error:
            floor.close(str(error))
            floor.unknown(order, f"accepted as {job}, but {error}; adopt that job once it can be")
            return None
        floor.tell(Kind.ACCEPTED, order, job, amount=cost.amount, currency=cost.currency)
        return job

    async def _refused(self, order: Order, answer: Refused) -> None:
        words = f"{answer.code}: {answer.message}" if answer.code else answer.message
        await self._floor.write(self._floor.shop.ledger.refused, order.fingerprint, words)
        if answer.kind in (Refusal.STOP, Refusal.SIGN):
            self._floor.close(words)
        self._floor.failed(order, Kind.REFUSED, words)

    # -- what nobody can tell --

    async def _settle(
        self, order: Order, body: Secret | None, why: str, when: tuple[float, ...], *, is_new: bool
    ) -> str | None:
        """Find out, at these moments, whether an unclear submit was taken; what nobody can tell is unknown."""
        floor, clock = self._floor, asyncio.get_running_loop().time
        begun = clock()
        for number, moment in enumerate(when):
            if not self._can_look(order, body):
                break
            if number == int(not is_new) and when[-1] >= self._doubt_seconds(order) / 2:
                floor.tell(Kind.WAITING, order, f"{why}; it is looked for, for {when[-1]:.0f} s at most")
            await self._until(begun + moment, order)
            if number:
                await floor.again(order.provider)
            if floor.is_stopping:
                break
            if job := await self._hinted(order):
                return await self._accepted(order, job, is_new=is_new)
            answer = await self._looked(order, body)
            match answer:
                case Accepted(job):
                    floor.reached(order.provider)
                    return await self._accepted(order, job, is_new=is_new)
                case Refused(kind, code, message) if kind not in (Refusal.RETRY, Refusal.SIGN):
                    why = _with(why, f"asked again: {code} {message}".strip())
                    break
                case None:  # no proof: it may have one in a moment
                    why = _with(why, "the provider knows nothing of it")
                case _:
                    continue
        await self._unsettled(order, why)
        return None

    def _can_look(self, order: Order, body: Secret | None) -> bool:
        """Whether there is any way to find out what became of it."""
        return self._may_repeat(order, body) or self._back_end(order).find is not None or self._hears

    def _may_repeat(self, order: Order, body: Secret | None) -> bool:
        is_allowed = self._back_end(order).repeats_for is not None and not self._floor.is_closed
        return is_allowed and body is not None

    def _back_end(self, order: Order) -> Provider:
        return self._floor.account(order.provider)[0]

    def _doubt_seconds(self, order: Order) -> float:
        return self._floor.shop.accounts[order.provider].doubt_seconds

    @property
    def _hears(self) -> bool:
        return self._floor.shop.hears

    async def _until(self, moment: float, order: Order) -> None:
        """Rest until then, but no longer than until a callback names a job that was not named before."""
        floor, clock = self._floor, asyncio.get_running_loop().time
        known = floor.shop.ledger.hinted(order.fingerprint) if self._hears else None
        while not floor.is_stopping and (left := moment - clock()) > 0:
            await floor.sleep(min(left, LISTEN) if self._hears else left)
            if self._hears and floor.shop.ledger.hinted(order.fingerprint) != known:
                return

    async def _looked(self, order: Order, body: Secret | None) -> Sent | None:
        """Repeat the submit where that is taken as one with the first, else look for it."""
        if body is not None and self._may_repeat(order, body):
            await self._floor.write(self._floor.shop.ledger.repeated, order.fingerprint)
            return await self._post(order, body)
        return await self._found(order)

    async def _found(self, order: Order) -> Accepted | Refused | Unclear | None:
        back_end, _ = self._floor.account(order.provider)
        if back_end.find is None:
            return Unclear(_NO_SIGN)
        try:
            reply = await self._floor.ask(order.provider, back_end.find(order.client_id))
        except (NotSentError, UnclearError) as error:
            return Unclear(str(error))
        return Unclear(_NO_SIGN) if reply is None else back_end.read_find(order.client_id, reply)

    async def _same_body(self, order: Order, entry: Entry) -> Secret | None:
        """Return the body of an earlier run, where it may be repeated and is the same to the last byte."""
        window = provider(order.provider).repeats_for
        is_same = (order.attempt, order.client_id) == (entry.attempt, entry.client_id)
        if window is None or not is_same or self._floor.shop.clock() - entry.created > window:
            return None
        try:
            body = await self._body(order, is_repeat=True)
        except FetchError:
            return None
        was_sent = self._floor.shop.ledger.body_sha256(order.fingerprint)
        return body if _digest(body) == was_sent else None

    async def _unsettled(self, order: Order, why: str) -> None:
        await self._floor.write(self._floor.shop.ledger.unknown, order.fingerprint, why)
        self._floor.unknown(order, why)


def _rendered(order: Order, fill: Callable[[Any], Any], token: Secret) -> Secret:
    return Secret(order.render(fill, token.reveal()), f"body of {order.tasks[0]}")


def _digest(body: Secret) -> str:
    return sha256(body.reveal().encode()).hexdigest()


def _with(why: str, more: str) -> str:
    return why if more in why else f"{why}; {more}"
