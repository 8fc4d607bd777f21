"""The controls of exploring, as ipywidgets."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ipywidgets import (
    HTML,
    Button,
    Checkbox,
    Dropdown,
    FloatSlider,
    HBox,
    IntSlider,
    Layout,
    Text,
    Textarea,
    VBox,
)

from kling_spec.diagnostics import SpecError
from kling_spec.notebook._html import block, line, verbatim, words
from kling_spec.notebook._knobs import Kind, Knob
from kling_spec.notebook._page import Bundle, widget_bundle
from kling_spec.notebook._view import View

_WIDE = Layout(width="auto", min_width="0")
_STYLE = {"description_width": "6.5em"}
_HIDES = """<style>
.jp-OutputArea-child:has(.kling-spec-explore) ~ .jp-OutputArea-child:has(.kling-spec-twin){display:none}
.kling-spec-explore .widget-label{font-weight:600}
</style>"""


class Subject(Protocol):
    """What is explored."""

    @property
    def variables(self) -> tuple[Knob, ...]: ...
    @property
    def axes(self) -> tuple[Knob, ...]: ...
    @property
    def shots(self) -> tuple[str, ...]: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    def turn(self, name: str, value: Any) -> None: ...
    def write(self) -> View: ...
    def reset(self) -> object: ...


class ExploreControls:
    """One control for each variable and axis, one for the shot, two buttons, and what comes of them."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._is_following = False
        self._look, self._told = HTML(layout=_WIDE), HTML(layout=_WIDE)
        shots = Knob(name="", kind=Kind.CHOICE, value=subject.settings[""], options=subject.shots)
        self._controls = {knob.name: _control(knob) for knob in (shots, *subject.axes, *subject.variables)}
        for name, control in self._controls.items():
            control.observe(self._turned(name), names="value")
        self._write = Button(description="Write to spec", button_style="primary", tooltip=_WRITES)
        self._reset = Button(description="Reset", tooltip="back to the values of the written spec")
        self._write.on_click(lambda _: self._press_write())
        self._reset.on_click(lambda _: self._press_reset())
        buttons = HBox([self._write, self._reset])
        left = VBox(
            [*self._controls.values(), buttons, self._told],
            layout=Layout(flex="1 1 300px", max_width="420px"),
        )
        right = VBox([self._look], layout=Layout(flex="3 1 380px", padding="0 0 0 16px"))
        row = Layout(display="flex", flex_flow="row wrap", align_items="flex-start")
        self._whole = VBox([HTML(_HIDES), HBox([left, right], layout=row)])
        self._whole.add_class("kling-spec-explore")

    @property
    def bundle(self) -> Bundle:
        """The controls as a page knows them."""
        return widget_bundle(self._whole)

    def follow(self, settings: Mapping[str, Any]) -> None:
        """Put every control where its setting stands; nothing is heard of that."""
        self._is_following = True
        try:
            for name, control in self._controls.items():
                _put(control, settings[name])
        finally:
            self._is_following = False

    def show(self, html: str, *, can_write: bool) -> None:
        """Show what comes of the settings."""
        self._look.value = html
        self._write.disabled = self._reset.disabled = not can_write
        if can_write:
            self._told.value = ""

    def close(self) -> None:
        """End it; what a notebook would save of it is emptied first."""
        self._look.value = self._told.value = ""
        for widget in (
            *self._controls.values(),
            self._write,
            self._reset,
            self._look,
            self._told,
            self._whole,
        ):
            widget.close()

    # -- how --

    def _turned(self, name: str) -> Callable[[Any], None]:
        def turned(change: Any) -> None:
            if not self._is_following:
                self._subject.turn(name, change["new"])

        return turned

    def _press_write(self) -> None:
        """Do it; there is nobody to raise to, so what is wrong is shown."""
        try:
            told = self._subject.write().html()
        except SpecError as error:
            told = block(verbatim(str(error)))
        except Exception as error:  # noqa: BLE001 - as above
            told = block(line(words(str(error), "bad")))
        self._told.value = told

    def _press_reset(self) -> None:
        self._told.value = ""
        self._subject.reset()


_WRITES = "put the changed values into the YAML file; comments and layout stay"


def _control(knob: Knob) -> Any:
    said = {"description": knob.name or "shot", "style": _STYLE, "layout": _WIDE}
    match knob.kind:
        case Kind.CHOICE:
            options = [(str(option), option) for option in knob.options]
            return Dropdown(options=options, value=knob.value, **said)
        case Kind.SWITCH:
            return Checkbox(value=knob.value, **said)
        case Kind.WHOLE:
            return IntSlider(value=knob.value, min=knob.low, max=knob.high, step=knob.step, **said)
        case Kind.NUMBER:
            return FloatSlider(value=knob.value, min=knob.low, max=knob.high, step=knob.step, **said)
        case Kind.LINES:
            return Textarea(value=knob.value or "", rows=4, **said)
    is_fixed = knob.kind is Kind.FIXED
    return Text(value=str(knob.value) if is_fixed else knob.value or "", disabled=is_fixed, **said)


def _put(control: Any, value: Any) -> None:
    if isinstance(control, IntSlider | FloatSlider):
        control.min, control.max = min(control.min, value), max(control.max, value)
    if isinstance(control, Dropdown) and value not in [option for _, option in control.options]:
        control.options = [*control.options, (str(value), value)]
    if isinstance(control, Text | Textarea) and not isinstance(value, str):
        value = "" if value is None else str(value)
    control.value = value
