"""The output of a cell, where something is shown and replaced later."""

import sys
from importlib.resources import files
from typing import Any

Bundle = dict[str, Any]
"""The same thing in several forms, by mime type; a page shows the richest that it knows."""

LARGEST = 5_000_000
"""Bytes of a clip that goes to the page by the kernel's line, where it has no address that the page can load."""


def part(name: str) -> str:
    """Return a file of JavaScript or of looks that belongs to the page."""
    return files("kling_spec.notebook").joinpath("front", name).read_text("utf-8")


def widget_bundle(widget: Any) -> Bundle:
    """Return a widget as a page shows it, without any other form."""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {"application/vnd.jupyter.widget-view+json": view}


def home(html: str, key: str) -> str:
    """Return HTML as a record that becomes a player while the model with that key lives."""
    return f'<div data-kling="{key}"><div class="record">{html}</div></div>'


class Page:
    """One place in a notebook."""

    def __init__(self, bundle: Bundle) -> None:
        from IPython.display import display

        self._handle: Any = display(bundle, raw=True, display_id=True)

    def replace(self, bundle: Bundle) -> None:
        """Show something else in the same place, also in the file that is saved."""
        if self._handle is not None:
            self._handle.update(bundle, raw=True)


def current_cell() -> int | None:
    """Return the number of the cell that runs; None in a script or a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return None if shell is None or getattr(shell, "kernel", None) is None else shell.execution_count
