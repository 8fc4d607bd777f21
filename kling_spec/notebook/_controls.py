"""The live board: a page of rows, a line about the whole, one button; the only user of ipywidgets."""

from collections.abc import Callable
from typing import Any

from ipywidgets import HTML, Button, Layout, VBox

_VIEW = "application/vnd.jupyter.widget-view+json"


class Controls:
    """Eleven models in all, however many tasks there are."""

    def __init__(self, press: Callable[[], None]) -> None:
        self._rows = HTML()
        self._line = HTML()
        self._button = Button(layout=Layout(width="auto", align_self="flex-start"))
        self._button.on_click(lambda _: press())
        self._whole = VBox([self._rows, self._line, self._button])

    @property
    def bundle(self) -> dict[str, Any]:
        """The board as a page knows it."""
        return {_VIEW: {"version_major": 2, "version_minor": 0, "model_id": self._whole.model_id}}

    def show_rows(self, html: str) -> None:
        """Show a page of rows."""
        self._rows.value = html

    def show_line(self, html: str) -> None:
        """Show how the whole stands."""
        self._line.value = html

    def put_button(self, *, on_top: bool) -> None:
        """Put the line and the button over the rows, or below them."""
        first, rest = ((self._line, self._button), (self._rows,))
        order = (*first, *rest) if on_top else (*rest, *first)
        if self._whole.children != order:
            self._whole.children = order

    def offer(self, words: str, hint: str, *, is_paid: bool = False, is_open: bool = True) -> None:
        """Say what the button does."""
        self._button.description, self._button.tooltip = words, hint
        self._button.button_style = "warning" if is_paid else ""
        self._button.disabled = not is_open

    def close(self) -> None:
        """End it; what a notebook would save of it is emptied first."""
        self._rows.value = self._line.value = ""
        for widget in (self._rows, self._line, self._button, self._whole):
            widget.close()
