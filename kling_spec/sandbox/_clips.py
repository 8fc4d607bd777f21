"""The sandbox's film studio: real clips, rendered by two workers and kept by what they show."""

import hashlib
import secrets
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import astuple, dataclass
from pathlib import Path
from threading import Event, Lock

_WORKERS = 2
_DRAFT = ".draft.mp4"
_PICTURE = ".picture"
_GRACE = 1.0
"""Seconds that a render has to end in once it was cancelled."""


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
    opening: str = ""
    """The picture that is its first frame, by the name under which the studio keeps it; empty for none."""

    @property
    def key(self) -> str:
        """The name under which the clip is kept: equal scenes are rendered once."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:32]


class Studio:
    """Renders scenes in the background, at most two at a time; the only one to write in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob(f"*{_DRAFT}*"):
            left_over.unlink(missing_ok=True)
        self._cancel = Event()
        self._lock = Lock()
        self._underway: dict[str, Future[Path]] = {}
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="sandbox-studio")

    def order(self, scene: Scene) -> Future[Path]:
        """Return the clip to come; the same future for an equal scene."""
        with self._lock:
            known = self._underway.get(scene.key)
            if known is None or (known.done() and known.exception() is not None):
                known = self._underway[scene.key] = self._found(scene) or self._workers.submit(
                    self._render, scene
                )
            return known

    def keep(self, picture: bytes) -> str:
        """Keep a picture for scenes that begin with it, and return its name."""
        name = hashlib.sha256(picture).hexdigest()
        target = self._folder / f"{name}{_PICTURE}"
        if not target.exists():
            draft = self._folder / f"{name}.{secrets.token_hex(4)}{_DRAFT}"
            draft.write_bytes(picture)
            draft.replace(target)
        return name

    def close(self) -> None:
        """Drop the clips that are waiting and break off those that are being rendered."""
        self._cancel.set()
        self._workers.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            underway = [clip for clip in self._underway.values() if not clip.cancelled()]
        wait(underway, timeout=_GRACE)

    def _found(self, scene: Scene) -> Future[Path] | None:
        """Return a clip that lies in the folder already, without waiting for those being rendered."""
        target = self._target(scene)
        if not target.exists():
            return None
        there: Future[Path] = Future()
        there.set_result(target)
        return there

    def _target(self, scene: Scene) -> Path:
        return self._folder / f"{scene.key}.mp4"

    def _render(self, scene: Scene) -> Path:
        from kling_spec.media import render_clip

        target = self._target(scene)
        draft = self._folder / f"{scene.key}.{secrets.token_hex(4)}{_DRAFT}"
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
                opening=self._folder / f"{scene.opening}{_PICTURE}" if scene.opening else None,
                cancel=self._cancel,
            )
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return target
