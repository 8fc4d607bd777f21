"""One payload to be paid for, as the runner gets it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kling_spec.providers import Cost, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Everything that the runner must know to make one clip; several tasks may want the same one."""

    fingerprint: str
    tasks: tuple[str, ...]
    """The ids of all tasks that this clip serves; the first is the one that is named in messages."""
    spec: str
    provider: str
    model: str
    """The provider's own id of the model."""
    path: str
    """Where it is submitted, below the provider's base URL."""
    attempt: int
    """1 unless an earlier attempt failed, was refused or was given up."""
    client_id: str
    slots: tuple[Slot, ...]
    """The places of the body that only the run can fill."""
    needs: Mapping[str, str]
    """For every output in `slots`, by its `source.task`: the fingerprint of the order that makes it."""
    seconds: int | None
    """How long the clip should be; None where the input decides."""
    cost: Cost
    render: Callable[[Callable[[Slot], Any], str], str]
    """From a function that fills slots, and the callback's secret, to the body as JSON text."""
    asked: Callable[[], Mapping[str, str]] = dict
    """What is asked, in the spec's words, for each of `tasks`: kept beside what is sent."""
