"""The sandbox's film studio: real clips, rendered by two workers and kept by what they show."""

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from threading import Lock

_WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that a rendered clip depends on."""

    seconds: int
    width: int
    height: int
    sound: bool
    title: str
    lines: tuple[str, ...]
    seed: int

    @property
    def key(self) -> str:
        """The name under which the clip is kept: equal scenes are rendered once."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:32]


class Studio:
    """Renders scenes in the background, at most two at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._underway: dict[str, Future[Path]] = {}
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="sandbox-studio")

    def order(self, scene: Scene) -> Future[Path]:
        """Return the clip to come; the same future for an equal scene."""
        with self._lock:
            known = self._underway.get(scene.key)
            if known is None or (known.done() and known.exception() is not None):
                known = self._underway[scene.key] = self._workers.submit(self._render, scene)
            return known

    def close(self) -> None:
        """Finish the clips that are being rendered and drop those that are waiting."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _render(self, scene: Scene) -> Path:
        target = self._folder / f"{scene.key}.mp4"
        if target.exists():
            return target
        from kling_spec.media import render_clip

        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"{scene.key}.{os.getpid()}.draft.mp4"
        try:
            render_clip(
                draft,
                seconds=scene.seconds,
                width=scene.width,
                height=scene.height,
                sound=scene.sound,
                title=scene.title,
                lines=scene.lines,
                seed=scene.seed,
            )
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return target
