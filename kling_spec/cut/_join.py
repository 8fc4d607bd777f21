"""One place of a film where an entry goes on from the one before it, and what is seen there."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from kling_spec.media import Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One thing that a viewer would notice."""

    code: str
    """That of its diagnostic."""
    text: str
    """What is seen, to be read behind "where B goes on from A,"."""
    advice: str
    """What can be done about it; empty where it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What was found where one clip gives way to the next."""

    clip: int
    """Which entry of the film goes on, counted from 1."""
    before: str
    after: str
    """The tasks on both sides."""
    sights: tuple[Sight, ...] = ()
    drop: int = 0
    """How many of the second clip's own frames are better left out at its head."""
    drop_seconds: float = 0.0
    """The second of that clip at which it then begins."""
    is_applied: bool = False
    """Whether they are left out, which `join: auto` does."""
    measured: Likeness

    @property
    def line(self) -> str:
        """Return all of it in one line; empty where nothing was found."""
        if not self.sights:
            return ""
        seen = "; ".join(sight.text for sight in self.sights)
        remedy = f" ({self.trim})" if self.drop else ""
        return f"'{self.before}' to '{self.after}': {seen}{remedy}"

    @property
    def trim(self) -> str:
        """Return the trim in words: suggested, or made already."""
        if self.drop == 1:
            frame = f"the first frame of '{self.after}'"
            return f"{frame} is dropped" if self.is_applied else f"drop {frame}"
        if not self.drop:
            return ""
        begin = f"from {seconds(self.drop_seconds)} on"
        return f"'{self.after}' is taken {begin}" if self.is_applied else f"take '{self.after}' {begin}"

    def to_json(self) -> dict[str, object]:
        """Return plain values, which `from_json` reads again."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
        read = {
            "sights": tuple(Sight(**sight) for sight in data["sights"]),
            "measured": Likeness.from_json(data["measured"]),
        }
        return cls(**{**data, **read})


def seconds(number: float) -> str:
    """Return a time as a person writes it: `5 s`, `5.042 s`."""
    return f"{round(number, 3):g} s"
