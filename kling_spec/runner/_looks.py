"""When a task that may have been paid for is looked for, before it is given up as unknown."""

from collections.abc import Callable

_SHARES = (1 / 60, 1 / 12, 1 / 3, 1.0)
"""A provider may know nothing of a task that it took a moment ago; so the looks lie further and further apart."""
_LEAST = 3
"""How many looks in a row have to show nothing, however long that takes."""


def moments(seconds: float, age: float = 0.0, *, at_once: bool = False) -> tuple[float, ...]:
    """Return when to look, in seconds from now, for what was sent `age` seconds ago.

    The looks are spread over `seconds` from the sending; what was sent long ago is looked for as often,
    and quickly. With `at_once` there is one more look before them all.
    """
    shortest = seconds * _SHARES[0]
    spread = (max(share * seconds - age, number * shortest) for number, share in enumerate(_SHARES, 1))
    return (*((0.0,) if at_once else ()), *spread)


class Doubt:
    """Grows with each look in a row that does not show a job, and is settled by one that does."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._number = 0
        self._since = 0.0

    def grows(self, is_adrift: bool) -> bool:  # noqa: FBT001 - what the look showed
        """Note a look, and return whether it was so often, and for so long, that a person has to decide."""
        self._number = self._number + 1 if is_adrift else 0
        if self._number == 1:
            self._since = self._clock()
        return self._number >= _LEAST and self._clock() - self._since >= self._seconds
