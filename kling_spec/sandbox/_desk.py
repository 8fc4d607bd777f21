"""Where the four providers hand in their orders: jobs, clips, uploads and the book behind one lock."""

import hashlib
import math
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from threading import Lock

from kling_spec.sandbox._address import place_of
from kling_spec.sandbox._book import Charge, OpenBook, now
from kling_spec.sandbox._clips import Scene, Studio
from kling_spec.sandbox._frame import Footage, nearest_ratio, size_of
from kling_spec.sandbox._job import Clip, Job, Order, Stage
from kling_spec.sandbox._journal import Journal
from kling_spec.sandbox._known import Known
from kling_spec.sandbox._library import Library
from kling_spec.sandbox._mishap import Mishap
from kling_spec.sandbox._mishaps import Mishaps
from kling_spec.sandbox._pictures import content, open_picture
from kling_spec.sandbox._rates import price
from kling_spec.sandbox._record import job_of, record_of
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
    """Everything that the providers share. Safe to use from many threads.

    What is answered to a caller stands in `folder` first; `restore` takes it up again.
    """

    def __init__(
        self, *, seconds: float, folder: Path, mishaps: Iterable[Mishap] = (), seed: int = 0
    ) -> None:
        self.url = ""
        """Where this server is reached; set when it is bound."""
        self.book = OpenBook(
            *(Journal(folder / f"{name}.jsonl") for name in ("requests", "faults", "callbacks"))
        )
        self.on_job: Callable[[Job], None] = lambda _: None
        """Hears of every job that is accepted or restored."""
        self.mishaps = Mishaps(mishaps, seed=seed, note=self.book.strike)
        self.switches = Switches()
        self.uploads = Uploads(folder / "uploads")
        self.library = Library(Journal(folder / "elements.jsonl"), seconds=seconds)
        self._seconds = seconds
        self._journal = Journal(folder / "jobs.jsonl")
        self._studio = Studio(folder / "clips")
        self._lock = Lock()
        self._jobs: dict[tuple[str, str], Job] = {}
        self._by_client_id: dict[tuple[str, str], Job] = {}
        self._clips: dict[str, tuple[Job, Clip]] = {}

    def restore(self) -> None:
        """Go on with all that earlier sandboxes accepted here. Raises SandboxError when it is unreadable."""
        self.book.restore()
        self.library.restore()
        for job in self._journal.read(job_of):
            self._enter(job)

    def accept(self, order: Order, job_id: str) -> Job | None:
        """Take an order into the books; None when its client id is taken already."""
        form = self._form(order)
        digest = digest_of(order.provider, order.body)
        with self._lock:
            if order.client_id and (order.provider, order.client_id) in self._by_client_id:
                return None
            created = time.time()
            job = Job(
                id=job_id,
                order=order,
                digest=digest,
                created=created,
                due=created + self._seconds,
                charge=self._charge(order, job_id, form),
                clips=tuple(self._clip(order, form, job_id, take) for take in range(order.results)),
                must_fail=FAIL in order.prompt,
            )
            self._journal.append(record_of(job))
            return self._enter(job)

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
        stage = job.stage(time.time())
        return Stage.RUNNING if stage.is_over and self.mishaps.is_stuck(job) else stage

    def in_flight(self, provider: str, account: str, model: str) -> int:
        """Return how many jobs of an account and model have not ended."""
        return sum(
            (job.order.account, job.order.model) == (account, model) and not self.stage(job).is_over
            for job in self.jobs(provider)
        )

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

    def job_of_clip(self, clip_id: str) -> Job | None:
        """Return the job that a clip belongs to, finished or not."""
        with self._lock:
            found = self._clips.get(clip_id)
        return None if found is None else found[0]

    def footage(self, address: str) -> Footage | None:
        """Return what is known of a video that this server itself has; None for any other."""
        place = place_of(address)
        if place is None:
            return None
        if place.folder == "files":
            return self.uploads.footage(place.name)
        scene = self._scene(place.name)
        return None if scene is None else Footage(scene.seconds, scene.width, scene.height, scene.sound)

    def picture(self, address: str) -> bytes | None:
        """Return an image that was uploaded here, by its address; None for any other."""
        place = place_of(address)
        return self.uploads.read(place.name) if place is not None and place.folder == "files" else None

    @property
    def known(self) -> Known:
        """What rules may ask about the media that a body names."""
        return Known(footage=self.footage, picture=self.picture, element=self.library.kind, holds=self.holds)

    def holds(self, address: str) -> bool:
        """Whether an address is that of a clip or an upload of this folder, at whatever port."""
        match place_of(address):
            case ("files", name):
                return self.uploads.file(name) is not None
            case ("clips", name):
                return self._scene(name) is not None
            case _:
                return False

    def close(self) -> None:
        """Accept nothing more and stop rendering."""
        with self._lock:
            self._journal.close()
        self.book.close()
        self.library.close()
        self._studio.close()

    def _enter(self, job: Job) -> Job:
        """Order the clips of a job and put it where it is found."""
        if not job.must_fail:
            clips = tuple(replace(clip, file=self._studio.order(clip.scene)) for clip in job.clips)
            job = replace(job, clips=clips)
        provider, client_id = job.order.provider, job.order.client_id
        self._jobs[provider, job.id] = job
        if client_id:
            self._by_client_id[provider, client_id] = job
        for clip in job.clips:
            self._clips[clip.id] = (job, clip)
        self.book.write(job.charge)
        self.on_job(job)
        return job

    def _scene(self, name: str) -> Scene | None:
        with self._lock:
            found = self._clips.get(name.removesuffix(".mp4"))
        return None if found is None else found[1].scene

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
        data = self._first_frame(order)
        picture = None if data is None else open_picture(data)
        return "16:9" if picture is None else nearest_ratio(picture.width, picture.height)

    def _first_frame(self, order: Order) -> bytes | None:
        """Return the picture that the clip begins with, where this server has it."""
        if order.first_frame is None:
            return None
        return content(order.first_frame) or self.picture(order.first_frame)

    def _charge(self, order: Order, job_id: str, form: _Form) -> Charge:
        billed = form.seconds * order.results
        if order.failures_are_free and FAIL in order.prompt:
            billed = 0
        amount, currency, units = price(order.provider, order.model, order.rate, billed)
        factor = self.mishaps.factor(order)
        return Charge(
            provider=order.provider,
            job=job_id,
            client_id=order.client_id,
            task=order.task,
            amount=_times(amount, factor),
            currency=currency,
            units=_times(units, factor),
            at=now(),
        )

    def _clip(self, order: Order, form: _Form, job_id: str, take: int) -> Clip:
        picture = self._first_frame(order)
        opening = "" if picture is None or open_picture(picture) is None else self._studio.keep(picture)
        seed = int(hashlib.sha256(f"{order.model}\n{order.prompt}\n{take}".encode()).hexdigest()[:7], 16)
        scene = Scene(
            seconds=form.seconds,
            width=form.width,
            height=form.height,
            sound=form.sound,
            title=order.task or job_id,
            lines=tuple(_lines(order, form)),
            seed=seed,
            opening=opening,
        )
        return Clip(id=secrets.token_hex(16), scene=scene)


def _times(amount: Decimal | None, factor: Decimal) -> Decimal | None:
    """Return a multiple without zeros at its end; nothing changes by a factor of one."""
    return amount if amount is None or factor == 1 else (amount * factor).normalize() + 0


def _even(side: int) -> int:
    return max(2, min(side, _WIDEST) // 2 * 2)


def _lines(order: Order, form: _Form) -> Iterator[str]:
    yield f"{order.provider} - {order.model}"
    sound = "sound" if form.sound else "silent"
    yield f"{form.seconds} s - {form.width}x{form.height} - {sound}"
    yield from order.prompt.splitlines()
