"""Where each ask was written, looked up only when a finding needs it."""

from collections.abc import Iterator, Mapping

from kling_spec.compile._context import Path
from kling_spec.diagnostics import Origin
from kling_spec.source import Document


class Origins(Mapping[str, Origin]):
    """The origins of one ask; the shot itself stands under the empty name."""

    def __init__(self, document: Document, paths: Mapping[str, Path]) -> None:
        self._document = document
        self._paths = paths

    def __getitem__(self, ask: str) -> Origin:
        """Return where the ask was written; the shot by its key, everything else by its value."""
        return self._document.locate(self._paths[ask], key=not ask)

    def path(self, ask: str) -> Path | None:
        """Return the path of what was written for the ask, or None where nothing was."""
        return self._paths.get(ask)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the asks that were written."""
        return iter(self._paths)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._paths)
