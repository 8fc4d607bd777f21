"""The board of plain controls: a page of rows, a line about the whole, one button."""

import time

from ipywidgets import HTML, Button, Layout, VBox

from kling_spec.notebook._html import block, line, verbatim, words
from kling_spec.notebook._page import Bundle, widget_bundle
from kling_spec.notebook._surface import Subject, question

_BETWEEN = 0.4
"""Seconds between two updates of a page at the least."""
_PACE = 200_000
"""Bytes a second that a page is sent at the most, in the long run."""


class Controls:
    """Eleven models in all, however many tasks there are."""

    stays = False

    def __init__(self, run: Subject) -> None:
        self._run = run
        self._seen, self._size = -1, 0
        self._rows = HTML()
        self._line = HTML()
        self._button = Button(layout=Layout(width="auto", align_self="flex-start"))
        self._button.on_click(lambda _: self._press())
        self._whole = VBox([self._rows, self._line, self._button])

    @property
    def bundle(self) -> Bundle:
        """The board as a page knows it."""
        return widget_bundle(self._whole)

    def draw(self) -> None:
        """Show how the run stands; before it is begun, its plan and its cost."""
        self._put_button(on_top=self._run.is_begun)
        if self._run.is_begun:
            self._draw_run()
        else:
            self._draw_question()

    def rest(self) -> None:
        """Wait, the longer the more was drawn."""
        time.sleep(max(_BETWEEN, self._size / _PACE))

    def _draw_run(self) -> None:
        record, version = self._run.record(), self._run.board.version
        if version != self._seen:
            self._rows.value = record.html(is_live=True)
            self._size, self._seen = len(self._rows.value), version
        self._line.value = block(line(words(record.progress(), "bold")))
        is_open = not self._run.is_stopping
        hint = "send nothing more; what is under way is kept"
        self._offer("Stop" if is_open else "Stopping …", hint, is_open=is_open)

    def _draw_question(self) -> None:
        self._rows.value = self._run.plan.html()
        self._line.value = block(line(words("Nothing is sent before you confirm it.")))
        self._offer(question(self._run.plan), "start the run, which is paid for", is_paid=True)

    def _put_button(self, *, on_top: bool) -> None:
        """Put the line and the button over the rows, or below them."""
        first, rest = ((self._line, self._button), (self._rows,))
        order = (*first, *rest) if on_top else (*rest, *first)
        if self._whole.children != order:
            self._whole.children = order

    def _offer(self, words: str, hint: str, *, is_paid: bool = False, is_open: bool = True) -> None:
        """Say what the button does."""
        self._button.description, self._button.tooltip = words, hint
        self._button.button_style = "warning" if is_paid else ""
        self._button.disabled = not is_open

    def _press(self) -> None:
        """Do what the button says; there is nobody to raise to, so what is wrong is shown."""
        if self._run.is_begun:
            self._run.stop()
            return
        try:
            self._run.confirm()
        except Exception as error:  # noqa: BLE001 - as above
            self._line.value = block(verbatim(str(error)))

    def close(self) -> None:
        """End it; what a notebook would save of it is emptied first."""
        self._rows.value = self._line.value = ""
        for widget in (self._rows, self._line, self._button, self._whole):
            widget.close()
