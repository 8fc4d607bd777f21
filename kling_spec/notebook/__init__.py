"""Rich displays, the live board and the `%%kling` magic; the only user of IPython and ipywidgets."""

from typing import Any

from kling_spec.notebook._launch import Launch, load

__all__ = ["Launch", "load", "register"]


def register(shell: Any) -> None:
    """Add `%%kling` to an IPython shell."""
    from kling_spec.notebook import _magic

    _magic.register(shell)
