"""What a run writes into the ledger about itself, so that others can follow it."""

from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from kling_spec.ledger import Ledger, LedgerError

BEGAN, FILM, ENDED = "run began", "film", "run ended"


class Journal:
    """Says that a run began and, whatever happens, that it ended; only a process that was killed says nothing.

    Nothing here stands in the way of the run: what cannot be written is left out.
    """

    def __init__(self, ledger: Ledger, spec: str) -> None:
        self._ledger = ledger
        self._spec = spec
        self.stopped = ""
        """Why nothing more was sent, where that was so; said at the end."""

    def __enter__(self) -> Self:
        self._say(BEGAN, spec=self._spec)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._say(ENDED, spec=self._spec, stopped=self.stopped, error=str(error or ""))

    def film(self, output: str, report: dict[str, Any] | None, waits_for: Sequence[str]) -> None:
        """Say that a film was made, or could not be; its report as plain values."""
        self._say(FILM, spec=self._spec, output=output, report=report, waits_for=list(waits_for))

    def _say(self, kind: str, **detail: Any) -> None:
        with suppress(LedgerError):
            self._ledger.log(kind, **detail)
