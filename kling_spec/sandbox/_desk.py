"""Where the four providers hand in their orders: jobs, clips, uploads and the book behind one lock."""

import hashlib
import math
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from kling_spec.sandbox._book import Charge, OpenBook, now
from kling_spec.sandbox._clips import Scene, Studio
from kling_spec.sandbox._frame import Footage, nearest_ratio, size_of
from kling_spec.sandbox._job import Clip, Job, Order, Stage
from kling_spec.sandbox._pictures import content, open_picture
from kling_spec.sandbox._rates import price
from kling_spec.sandbox._switches import FAIL, Switches, digest_of
from kling_spec.sandbox._uploads import Uploads

_LONGEST = 30
_WIDEST = 3840


@dataclass(frozen=True, slots=True)
class _Form:
    """What an order's clips will look like."""

    seconds: int
    width: int
    height: int
    sound: bool


class Desk:
    """Everything that the providers share. Safe to use from many threads."""

    def __init__(self, *, seconds: float, folder: Path) -> None:
        self.url = ""
        """Where this server is reached; set when it is bound."""
        self.book = OpenBook()
        self.switches = Switches()
        self.uploads = Uploads(folder / "uploads")
        self._seconds = seconds
        self._studio = Studio(folder / "clips")
        self._lock = Lock()
        self._jobs: dict[tuple[str, str], Job] = {}
        self._by_client_id: dict[tuple[str, str], Job] = {}
        self._clips: dict[str, tuple[Job, Clip]] = {}

    def accept(self, order: Order, job_id: str) -> Job | None:
        """Take an order into the books; None when its client id is taken already."""
        form = self._form(order)
        digest = digest_of(order.provider, order.body)
        with self._lock:
            if order.client_id and (order.provider, order.client_id) in self._by_client_id:
                return None
            charge = self._charge(order, job_id, form)
            created = time.time()
            job = Job(
                id=job_id,
                order=order,
                digest=digest,
                created=created,
                due=created + self._seconds,
                charge=charge,
                clips=tuple(self._clip(order, form, job_id, take) for take in range(order.results)),
                must_fail=FAIL in order.prompt,
            )
            self._jobs[order.provider, job_id] = job
            if order.client_id:
                self._by_client_id[order.provider, order.client_id] = job
            for clip in job.clips:
                self._clips[clip.id] = (job, clip)
            self.book.write(charge)
        return job

    def job(self, provider: str, name: str) -> Job | None:
        """Return a job by its id or by the caller's own id."""
        key = (provider, name)
        with self._lock:
            return self._jobs.get(key) or self._by_client_id.get(key)

    def jobs(self, provider: str) -> list[Job]:
        """Return the jobs of a provider, newest first."""
        with self._lock:
            return [job for (owner, _), job in reversed(self._jobs.items()) if owner == provider]

    def stage(self, job: Job) -> Stage:
        """Return how far a job has come by now."""
        return job.stage(time.time())

    def finished(self, job: Job) -> float:
        """Return when a job that is over ended, in seconds since the epoch."""
        made = [file.stat().st_mtime for clip in job.clips if (file := clip.rendered) is not None]
        return max([job.due, *made])

    def clip_url(self, clip: Clip) -> str:
        """Return where a clip can be fetched."""
        return f"{self.url}/clips/{clip.id}.mp4"

    def clip_file(self, clip_id: str) -> tuple[Job, Path] | None:
        """Return a finished clip and the job that it belongs to."""
        with self._lock:
            found = self._clips.get(clip_id)
        if found is None or self.stage(found[0]) is not Stage.SUCCEEDED:
            return None
        file = found[1].rendered
        return None if file is None else (found[0], file)

    def footage(self, address: str) -> Footage | None:
        """Return what is known of a video that this server itself has; None for any other."""
        if not address.startswith(f"{self.url}/"):
            return None
        name = urlsplit(address).path.rpartition("/")[2].removesuffix(".mp4")
        with self._lock:
            found = self._clips.get(name)
        if found is None:
            return self.uploads.footage(address)
        clip = found[1]
        return Footage(clip.seconds, clip.width, clip.height, clip.sound)

    def close(self) -> None:
        """Stop rendering."""
        self._studio.close()

    def _form(self, order: Order) -> _Form:
        source = None if order.edited is None else self.footage(order.edited)
        sound = order.sound or (order.keeps_sound and (source is None or source.sound))
        if source is not None:
            # whole seconds, as they are billed; a half is taken as one more
            seconds = min(max(1, math.floor(source.seconds + 0.5)), _LONGEST)
            sides = (_even(source.width), _even(source.height))
            return _Form(seconds, *sides, sound)
        width, height = order.size or size_of(order.tier, self._ratio(order))
        return _Form(5 if order.edited else order.seconds, width, height, sound)

    def _ratio(self, order: Order) -> str:
        if order.first_frame is None:
            return order.ratio or "16:9"
        data = content(order.first_frame) or self.uploads.read(order.first_frame, self.url)
        picture = None if data is None else open_picture(data)
        return "16:9" if picture is None else nearest_ratio(picture.width, picture.height)

    def _charge(self, order: Order, job_id: str, form: _Form) -> Charge:
        billed = form.seconds * order.results
        if order.failures_are_free and FAIL in order.prompt:
            billed = 0
        amount, currency, units = price(order.provider, order.model, order.rate, billed)
        return Charge(
            provider=order.provider,
            job=job_id,
            client_id=order.client_id,
            task=order.task,
            amount=amount,
            currency=currency,
            units=units,
            at=now(),
        )

    def _clip(self, order: Order, form: _Form, job_id: str, take: int) -> Clip:
        seed = int(hashlib.sha256(f"{order.model}\n{order.prompt}\n{take}".encode()).hexdigest()[:7], 16)
        scene = Scene(
            seconds=form.seconds,
            width=form.width,
            height=form.height,
            sound=form.sound,
            title=order.task or job_id,
            lines=tuple(_lines(order, form)),
            seed=seed,
        )
        return Clip(
            id=secrets.token_hex(16),
            seconds=form.seconds,
            width=form.width,
            height=form.height,
            sound=form.sound,
            seed=seed,
            file=None if FAIL in order.prompt else self._studio.order(scene),
        )


def _even(side: int) -> int:
    return max(2, min(side, _WIDEST) // 2 * 2)


def _lines(order: Order, form: _Form) -> Iterator[str]:
    yield f"{order.provider} - {order.model}"
    sound = "sound" if form.sound else "silent"
    yield f"{form.seconds} s - {form.width}x{form.height} - {sound}"
    yield from order.prompt.splitlines()
