"""Paid requests: written down first, sent once, and settled whatever comes back."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from urllib.parse import quote

from kling_spec.ledger import Entry, LedgerError
from kling_spec.plan import Order
from kling_spec.providers import Accepted, JobState, Refusal, Refused, Request, Unclear, provider
from kling_spec.runner._event import Kind
from kling_spec.runner._fetch import FetchError
from kling_spec.runner._fill import Filler
from kling_spec.runner._floor import Floor
from kling_spec.runner._http import NotSentError, UnclearError, fresh_client, send
from kling_spec.runner._lane import Slot
from kling_spec.runner._wait import Watch

_TRIES = 3
"""How often an unclear submit is looked up or repeated in one run."""
_SHORTEST_PAUSE = 1.0
_NO_SIGN = "nobody can tell whether it was sent"


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
        if floor.holds_secret(body):
            floor.failed(
                order, Kind.FAILED, "not sent: a key of yours stands in it; look where its words come from"
            )
            return None
        if not floor.is_closed and (why := await asyncio.to_thread(floor.full_disk)):
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

    async def _reserve(self, order: Order, body: bytes, *, again: bool) -> None:
        """Write down that the order is about to be sent. Raises LedgerError, for a limit too."""
        ledger, limits = self._floor.shop.ledger, self._floor.shop.limits
        if again:
            await self._floor.write(ledger.retried, order.fingerprint, order.attempt, limits)
            return
        await self._floor.write(
            ledger.intend,
            fingerprint=order.fingerprint,
            attempt=order.attempt,
            body_sha256=sha256(body).hexdigest(),
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
        )

    async def recover(self, order: Order, entry: Entry) -> str | None:
        """Return the id of an order that an earlier run may have sent, where that can be found out."""
        why = entry.message or "an earlier run ended while it was being sent"
        _, account = self._floor.account(order.provider)
        if entry.account != account.digest:
            await self._unsettled(order, _with(why, "that was with another key, or at another address"))
            return None
        if job := await self._hinted(order):
            return await self._accepted(order, job, is_new=False)
        body = await self._same_body(order, entry)
        return await self._settle(order, body, why, is_new=False)

    async def _hinted(self, order: Order) -> str | None:
        """Return the job that a callback told of, where the provider itself confirms that it has it."""
        job = self._floor.shop.ledger.hinted(order.fingerprint)
        if job is None:
            return None
        status, _ = await self._watch.look(order.provider, job)
        return job if status is not None and status.state is not JobState.LOST else None

    # -- sending --

    async def _body(self, order: Order, *, is_repeat: bool = False) -> bytes:
        """Return the bytes that are sent. Raises FetchError."""
        fill = await self._filler.fill(order, is_repeat=is_repeat)
        return (
            await asyncio.to_thread(order.render, fill, self._floor.shop.token_of(order.client_id))
        ).encode()

    async def _send(self, order: Order, body: bytes, slot: Slot) -> str | Later | None:
        """Send the body, and once more where it was signed for another time than the provider's."""
        floor, ledger = self._floor, self._floor.shop.ledger
        answer = await self._post(order, body)
        if isinstance(answer, Refused) and answer.kind is Refusal.SIGN and not floor.is_closed:
            await floor.write(ledger.unsent, order.fingerprint, answer.message)
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
                return await self._settle(order, body, why, is_new=True)
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

    async def _post(self, order: Order, body: bytes) -> Accepted | Refused | Unclear | NotSentError:
        """Send the body once. A stop does not cut this short: the answer says what was paid for."""
        back_end, account = self._floor.account(order.provider)
        request = Request(method="POST", path=order.path, headers=back_end.submit_headers(order.client_id))
        task = {"X-Kling-Spec-Task": quote(order.tasks[0])} if account.is_sandbox else {}
        headers = {**self._floor.headers(order.provider), **task}
        try:
            async with fresh_client() as http:
                reply = await send(http, account.base_url, request, headers, body)
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
            floor.outcome.submitted += 1
            if cost.amount is not None:
                spent = floor.outcome.spent.get(cost.currency, Decimal(0))
                floor.outcome.spent[cost.currency] = spent + cost.amount
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

    async def _settle(self, order: Order, body: bytes | None, why: str, *, is_new: bool) -> str | None:
        """Find out whether an unclear submit was taken; without a clear answer it stays unknown."""
        floor, (back_end, _) = self._floor, self._floor.account(order.provider)
        may_repeat = body is not None and back_end.repeats_for is not None
        for number in range(_TRIES if may_repeat or back_end.find is not None else 0):
            if number or is_new:
                await floor.sleep(_SHORTEST_PAUSE * 2**number)
            if floor.is_stopping:
                break
            if job := await self._hinted(order):
                return await self._accepted(order, job, is_new=is_new)
            answer = await (self._repeated(order, body) if body and may_repeat else self._found(order))
            match answer:
                case Accepted(job):
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

    async def _repeated(self, order: Order, body: bytes) -> Accepted | Refused | Unclear | NotSentError:
        if self._floor.is_closed:
            return Unclear(_NO_SIGN)
        await self._floor.write(self._floor.shop.ledger.repeated, order.fingerprint)
        return await self._post(order, body)

    async def _found(self, order: Order) -> Accepted | Refused | Unclear | None:
        back_end, _ = self._floor.account(order.provider)
        if back_end.find is None:
            return Unclear(_NO_SIGN)
        try:
            reply = await self._floor.ask(order.provider, back_end.find(order.client_id))
        except (NotSentError, UnclearError) as error:
            return Unclear(str(error))
        return Unclear(_NO_SIGN) if reply is None else back_end.read_find(order.client_id, reply)

    async def _same_body(self, order: Order, entry: Entry) -> bytes | None:
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
        return body if sha256(body).hexdigest() == was_sent else None

    async def _unsettled(self, order: Order, why: str) -> None:
        await self._floor.write(self._floor.shop.ledger.unknown, order.fingerprint, why)
        self._floor.unknown(order, why)


def _with(why: str, more: str) -> str:
    return why if more in why else f"{why}; {more}"
