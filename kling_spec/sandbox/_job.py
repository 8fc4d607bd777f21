"""What was ordered of a provider, in the same words for all of them, and the job that came of it."""

from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from kling_spec.sandbox._book import Charge
from kling_spec.sandbox._clips import Scene

_QUEUED_SHARE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A body that was found right, boiled down to what the stand-in acts on."""

    provider: str
    model: str
    prompt: str
    body: Any
    """The body as it came, for replays and for telling orders apart."""
    client_id: str | None = None
    task: str | None = None
    account: str = ""
    """A name for whoever pays."""
    seconds: int = 5
    tier: str = "720p"
    """720p, 1080p or 4k."""
    ratio: str | None = None
    size: tuple[int, int] | None = None
    """Width and height where the body names them; they win over tier and ratio."""
    sound: bool = False
    keeps_sound: bool = False
    """Whether the edited or referred video's own sound is kept."""
    first_frame: str | None = None
    edited: str | None = None
    """The address of a video whose length and size the result takes."""
    rate: str = "plain"
    """The case of the price table."""
    results: int = 1
    failures_are_free: bool = False


class Stage(StrEnum):
    """How far a job has come; each provider has its own words for these."""

    QUEUED = "queued"
    RUNNING = "running"
    STORING = "storing"
    """The time is up and the clip is still being rendered."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self in {Stage.SUCCEEDED, Stage.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One video of a job, there or still to come."""

    id: str
    scene: Scene
    file: Future[Path] | None = None
    """None for a job that is going to fail."""

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.file is None or self.file.done()

    @property
    def error(self) -> BaseException | None:
        """Why the clip could not be rendered."""
        if self.file is None or not self.file.done():
            return None
        return CancelledError() if self.file.cancelled() else self.file.exception()

    @property
    def rendered(self) -> Path | None:
        """The clip's file, once it is there."""
        if self.file is None or not self.file.done() or self.error is not None:
            return None
        return self.file.result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An accepted order."""

    id: str
    order: Order
    digest: str
    created: float
    """Seconds since the epoch."""
    due: float
    charge: Charge
    clips: tuple[Clip, ...]
    must_fail: bool = False

    def stage(self, time: float) -> Stage:
        """Return how far the job has come; it has only succeeded when its clips are there."""
        if time < self.created + (self.due - self.created) * _QUEUED_SHARE:
            return Stage.QUEUED
        if time < self.due:
            return Stage.RUNNING
        if self.must_fail:
            return Stage.FAILED
        if not all(clip.is_settled for clip in self.clips):
            return Stage.STORING
        return Stage.FAILED if any(clip.error for clip in self.clips) else Stage.SUCCEEDED

    def trouble(self) -> str:
        """Return why the job failed, where that was not asked for by its prompt."""
        error = next((clip.error for clip in self.clips if clip.error is not None), None)
        return "" if error is None else f"the clip could not be rendered: {type(error).__name__}: {error}"
