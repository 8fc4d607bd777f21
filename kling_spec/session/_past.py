"""What is known of a spec that is a copy from a git revision."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Where files of a revision were put, and how they are called."""

    path: Path
    """The spec's copy."""
    revision: str
    tree: Path
    """Stands for the top of the repository."""
    home: Path
    """The spec's folder today: settings, and with them prices, are those of now."""

    def shown(self, path: Path) -> str:
        """Return the name of a copy in messages, as git would have it."""
        whole = Path(os.path.normpath(path.absolute()))
        return f"{self.revision}:{whole.relative_to(self.tree).as_posix()}"
