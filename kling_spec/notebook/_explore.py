"""Trying values: a spec's variables and axes as controls, and at once what they do to prompts and cost."""

import atexit
from collections.abc import Mapping
from typing import Any

from kling_spec.diagnostics import SpecError
from kling_spec.notebook._html import block, line, words
from kling_spec.notebook._knobs import axes_of, check_asked, variables_of
from kling_spec.notebook._look import Look, Looker
from kling_spec.notebook._page import Page, current_cell
from kling_spec.notebook._source import Source
from kling_spec.notebook._view import Shown
from kling_spec.notebook._written import Written

TWIN = "kling-spec-twin"
"""The class of a record that a live view beside it hides."""


class Explore(Shown):
    """A spec with other values. Shows controls in a notebook; `set`, `look` and `write` do the same in a script."""

    def __init__(self, source: Source, shot: str | None, asked: Mapping[str, Any]) -> None:
        session = source.current()
        if found := check_asked(session.spec, asked, shot):
            raise SpecError(found, session.lines_of)
        self._source = source
        self._known = Looker(session)
        self.variables = variables_of(session.spec, session.variables(), asked)
        self.axes = axes_of(session.spec, asked)
        self.shots = tuple(session.spec.shots)
        self._shot = shot or self.shots[0]
        self._point = {knob.name: knob.value for knob in self.axes}
        self._values = {knob.name: knob.value for knob in self.variables}
        self._controls: Any = None
        self._page: Page | None = None
        self._twin: Page | None = None

    # -- what it does --

    @property
    def values(self) -> dict[str, Any]:
        """The variables as they stand."""
        return dict(self._values)

    @property
    def changed(self) -> dict[str, Any]:
        """The variables that differ from the written spec."""
        written = self._looker.session.variables()
        return {
            name: value
            for name, value in self._values.items()
            if (type(value), value) != (type(written[name]), written[name])
        }

    @property
    def look(self) -> Look:
        """The chosen shot in the chosen variant, with those values."""
        return self._looker.look(self._shot, self._point, self.changed)

    def set(self, shot: str | None = None, **values: Any) -> "Explore":
        """Set variables and axes by their names, and choose a shot. Raises SpecError for what there is not."""
        session = self._looker.session
        if found := check_asked(session.spec, values, shot):
            raise SpecError(found, session.lines_of)
        axes = {knob.name: knob for knob in axes_of(session.spec, values)}
        for name, value in values.items():
            if name in axes:
                self._point[name] = axes[name].value
            else:
                self._values[name] = value
        self._shot = shot or self._shot
        self._refresh(controls=True)
        return self

    def reset(self) -> "Explore":
        """Take the values back to those of the written spec."""
        self._values = self._looker.session.variables()
        self._refresh(controls=True)
        return self

    def write(self) -> Written:
        """Write the changed variables into the spec; its comments, order and layout stay.

        Raises SpecError where the file has changed since it was read, and where the spec would be wrong
        then. Of a spec in a cell it returns the lines to be pasted.
        """
        session, changed = self._looker.session, self.changed
        if not changed:
            return Written("nothing to write: the values are those of the spec")
        revision = session.revision({("vars", name): value for name, value in changed.items()})
        session.revised(revision).check()
        if not session.is_file:
            return Written.to_paste(revision)
        written = Written.into_file(revision)
        self._source.reload(revision.names)
        self._refresh(controls=True)
        return written

    def close(self) -> None:
        """Take the controls away and leave the record, which is all that a file can show without a kernel.

        A kernel that ends in good order does so by itself.
        """
        if self._controls is not None and self._page is not None:
            self._page.replace({"text/plain": ""})
            self._controls.close()
            self._controls = None
            atexit.unregister(self.close)

    # -- how it looks --

    def text(self) -> str:
        """Return the look as plain text."""
        return self.look.text()

    def html(self) -> str:
        """Return the look, with the values that it is made of."""
        given = ", ".join(f"{name} = {value}" for name, value in self._values.items())
        return block(self.look.body(), line(words(given, "dim")) if given else "")

    def show(self) -> None:
        """Show controls in the cell that is running, and a record below them for when no kernel is there."""
        from kling_spec.notebook._explore_controls import ExploreControls

        self._shown_in = current_cell()
        self._controls = ExploreControls(self)
        self._refresh(controls=True)
        self._page = Page({"text/plain": "controls of a spec; they need a kernel", **self._controls.bundle})
        self._twin = Page(self._record())
        atexit.register(self.close)

    # -- how --

    @property
    def _looker(self) -> Looker:
        """What looks at the spec as it was read last."""
        session = self._source.current()
        if session is not self._known.session:
            self._known = Looker(session)
        return self._known

    def turn(self, name: str, value: Any) -> None:
        """Take in what a control says: of the shot (an empty name), an axis or a variable."""
        if not name:
            self._shot = value
        elif name in self._point:
            self._point[name] = value
        else:
            self._values[name] = value
        self._refresh()

    @property
    def settings(self) -> dict[str, Any]:
        """Where every control stands; the shot by an empty name."""
        return {"": self._shot, **self._point, **self._values}

    def _refresh(self, *, controls: bool = False) -> None:
        if self._controls is None:
            return
        if controls:
            self._controls.follow(self.settings)
        self._controls.show(self.look.html(), can_write=bool(self.changed))
        if self._twin is not None:
            self._twin.replace(self._record())

    def _record(self) -> dict[str, Any]:
        return {"text/plain": self.text(), "text/html": f'<div class="{TWIN}">{self.html()}</div>'}
