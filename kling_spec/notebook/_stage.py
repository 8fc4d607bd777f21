"""Players in the page: the only models of a notebook that have no view of their own.

A cell holds a plain record of HTML, which needs no kernel. While the kernel lives, a model turns the record
into a player; it finds it by its key, also after the page was loaded again.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

from anywidget import AnyWidget
from traitlets import Unicode

from kling_spec.diagnostics import SpecError
from kling_spec.notebook._page import LARGEST, part

Message = dict[str, Any]


class _Model(AnyWidget):  # type: ignore[misc]
    key = Unicode().tag(sync=True)
    state = Unicode("{}").tag(sync=True)


class Stage:
    """One record that plays. `act` does what the page asks for and returns what to say of it."""

    def __init__(self, kind: str, clips: Sequence[Path | None], act: Callable[[Message], str]) -> None:
        self.key = token_hex(8)
        self._clips, self._act = clips, act
        self._model = _Model(key=self.key, _esm=_module(kind))
        self._model.on_msg(self._heed)

    def tell(self, state: Message) -> None:
        """Say how things stand."""
        self._model.state = json.dumps(state, ensure_ascii=False, separators=(",", ":"))

    def _heed(self, _: Any, message: Message, __: Any) -> None:
        if message.get("op") == "bytes":
            self._send_clip(int(message["tile"]))
            return
        answer = {"op": "done", "id": message.get("id"), "told": "", "wrong": ""}
        try:
            answer["told"] = self._act(message)
        except SpecError as error:
            answer["wrong"] = str(error)
        except Exception as error:  # noqa: BLE001 - there is nobody to raise to, so the page says it
            answer["wrong"] = str(error) or type(error).__name__
        self._model.send(answer)

    def _send_clip(self, tile: int) -> None:
        clip = self._clips[tile] if tile in range(len(self._clips)) else None
        if clip is None or not clip.is_file():
            self._model.send({"op": "none", "tile": tile, "why": "this clip is not there any more"})
        elif clip.stat().st_size > LARGEST:
            self._model.send(
                {"op": "none", "tile": tile, "why": f"this page cannot load it; it lies at {clip}"}
            )
        else:
            self._model.send({"op": "bytes", "tile": tile}, [clip.read_bytes()])


def _module(kind: str) -> str:
    """Return what the page loads: one module, its looks with it, for a model without a view has no others."""
    return f"const LOOK = {json.dumps(part('stage.css'))};\n{part('stage.js')}{part(f'{kind}.js')}"
