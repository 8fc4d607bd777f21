"""A job, or the making of an element, whose caller wants to be told what becomes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kling_spec.sandbox._job import Job, Stage
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


class Maker(Personality, Protocol):
    """A provider that takes orders."""

    def watched(self, job: Job) -> Watched | None:
        """Return what is told of a job; None where nobody asked to be told."""
        ...
