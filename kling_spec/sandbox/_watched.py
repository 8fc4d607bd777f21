"""A job, or the making of an element, whose caller wants to be told what becomes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kling_spec.sandbox._desk import Desk
from kling_spec.sandbox._job import Job, Stage
from kling_spec.sandbox._mishaps import subject_of
from kling_spec.sandbox._personality import Personality

CHANGES = (Stage.QUEUED, Stage.RUNNING)
"""What comes before the end, for providers that tell of every change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is sent back by itself, when, and where to."""

    provider: str
    job: str
    url: str
    subject: str
    """What tells it from others in every rehearsal alike."""
    stage: Callable[[], Stage]
    bodies: Callable[[Stage], list[Any]]
    """What is sent of a stage, each body in a call of its own."""
    words: Mapping[Stage, str]
    """The provider's own words for the stages."""
    changes: tuple[Stage, ...] = ()
    """The stages before the end that are told of."""


def watched_job(  # noqa: PLR0913 - the fields of what is watched
    provider: str,
    desk: Desk,
    job: Job,
    url: str | None,
    *,
    bodies: Callable[[Stage], list[Any]],
    words: Mapping[Stage, str],
    changes: tuple[Stage, ...] = (),
) -> Watched | None:
    """Return what is told of a job; None where its order names no address to tell it to."""
    if not url:
        return None
    return Watched(
        provider=provider,
        job=job.id,
        url=url,
        subject=subject_of(job.order),
        stage=lambda: desk.stage(job),
        bodies=bodies,
        words=words,
        changes=changes,
    )


class Maker(Personality, Protocol):
    """A provider that takes orders."""

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job; None where nobody asked to be told."""
        ...
