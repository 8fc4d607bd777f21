"""Makes the picture of a film: encodes the segments that are not in the store, and joins all of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from secrets import token_hex
from threading import Event, Lock

from kling_spec.cut._layers import Layers
from kling_spec.cut._recipe import Kitchen, Recipe
from kling_spec.cut._segments import segments_of
from kling_spec.cut._store import Kept, Missing, Store, held
from kling_spec.cut._workers import together_for, workers_for
from kling_spec.ir import Clip
from kling_spec.media import ENCODERS, CancelledError, encode_pieces, fit_still, join_copies

OnFrames = Callable[[float], None]
"""Hears which part of the frames is there, from 0 to 1, from any thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The film's picture, and how each of its segments came about."""

    recipes: tuple[Recipe, ...]
    missing: Mapping[str, Missing]
    """By key: why a segment was made; all others were kept."""
    lacking: Mapping[int, int]
    """By item of the picture track: frames that its clip turned out to lack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """Where and by whom the picture of one film is made."""

    kitchen: Kitchen
    store: Store
    cancel: Event | None
    on_frames: OnFrames

    def show(self, target: Path) -> Shown:
        """Write the film's picture, without sound, to `target`."""
        timeline, folder = self.kitchen.timeline, self.kitchen.folder
        recipes = tuple(self.kitchen.recipe(segment) for segment in segments_of(timeline))
        there: dict[str, Kept] = {}
        missing: dict[str, Missing] = {}
        for recipe in recipes:
            if recipe.key not in there and recipe.key not in missing:
                found = self.store.find(recipe.key)
                if isinstance(found, Missing):
                    missing[recipe.key] = found
                else:
                    there[recipe.key] = replace(found, path=held(found, folder / recipe.key))
        there |= self._made({recipe.key: recipe for recipe in recipes if recipe.key in missing}, recipes)
        encoder = ENCODERS[timeline.delivery.codec]
        paths = [there[recipe.key].path for recipe in recipes]
        join_copies(paths, timeline.canvas.rate, target, kind=encoder.container, cancel=self.cancel)
        self.store.evict()
        return Shown(recipes=recipes, missing=missing, lacking=_lacking(recipes, there))

    def _made(self, wanted: Mapping[str, Recipe], recipes: Sequence[Recipe]) -> dict[str, Kept]:
        """Encode what is wanted, several at once; one that fails ends all that have not begun."""
        total = sum(recipe.segment.frames for recipe in recipes)
        owed = sum(recipe.segment.frames for recipe in wanted.values())
        count = _Count(total=total, done=total - owed, hear=self.on_frames)
        layers = Layers(kitchen=self.kitchen)
        for recipe in wanted.values():
            self._prepare(recipe)
            layers.draw(recipe.segment)
        with ThreadPoolExecutor(workers_for(self.kitchen.timeline.canvas)) as pool:
            batches = self._batches(wanted.values())
            work = [pool.submit(self._encode, batch, layers, count) for batch in batches]
            try:
                wait(work, return_when=FIRST_EXCEPTION)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
            failed = (job.exception() for job in work if job.done() and not job.cancelled())
            if (error := next(filter(None, failed), None)) is not None:
                raise error
        return {key: kept for job in work for key, kept in job.result().items()}

    def _batches(self, recipes: Iterable[Recipe]) -> Iterator[list[Recipe]]:
        """Yield the recipes in batches: what begins with one clip, a few at a time, so that it is decoded once."""
        for item, same in groupby(recipes, key=lambda recipe: recipe.segment.spans[0].item):
            pieces = [*same]
            many = together_for(self.kitchen.timeline.canvas) if self.kitchen.is_moving(item) else 1
            yield from (pieces[at : at + many] for at in range(0, len(pieces), many))

    def _prepare(self, recipe: Recipe) -> None:
        """Put the stills where the graph looks for them."""
        timeline, stock = self.kitchen.timeline, self.kitchen.stock
        for span in recipe.segment.spans:
            item, path = timeline.picture[span.item], self.kitchen.path_of(span.item)
            if isinstance(item, Clip) and path.suffix == ".png" and not path.exists():
                fit_still(stock.materials[item.source].path, path, timeline.canvas, item.fit)

    def _encode(self, batch: Sequence[Recipe], layers: Layers, count: "_Count") -> dict[str, Kept]:
        if self.cancel is not None and self.cancel.is_set():
            raise CancelledError("the render was cancelled")
        timeline, folder = self.kitchen.timeline, self.kitchen.folder
        parts = [folder / f"{recipe.key}.{token_hex(4)}.part" for recipe in batch]
        lacking = encode_pieces(
            self.kitchen.ffmpeg,
            [replace(recipe.piece, pasted=layers.pasted(recipe.segment)) for recipe in batch],
            timeline.canvas,
            ENCODERS[timeline.delivery.codec],
            parts,
            cancel=self.cancel,
            on_frame=count.of(batch[0].key),
        )
        made = {}
        for recipe, part, lack in zip(batch, parts, lacking, strict=True):
            kept = self.store.keep(recipe.key, part, lack)
            made[recipe.key] = replace(kept, path=held(kept, folder / recipe.key))
            count.of(recipe.key)(recipe.segment.frames)
        return made


class _Count:
    """Frames that are out, summed over all segments; it only grows."""

    def __init__(self, *, total: int, done: int, hear: OnFrames) -> None:
        self._total, self._hear, self._lock = total, hear, Lock()
        self._done: dict[str, int] = {"": done}

    def of(self, key: str) -> Callable[[int], None]:
        """Return what hears how many frames of one segment are out."""

        def hear(frames: int) -> None:
            with self._lock:
                self._done[key] = max(frames, self._done.get(key, 0))
                self._hear(min(1.0, sum(self._done.values()) / self._total))

        return hear


def _lacking(recipes: Sequence[Recipe], there: Mapping[str, Kept]) -> dict[int, int]:
    lacking: dict[int, int] = {}
    for recipe in recipes:
        for span, many in zip(recipe.segment.spans, there[recipe.key].lacking, strict=True):
            lacking[span.item] = max(many, lacking.get(span.item, 0))
    return {item: many for item, many in lacking.items() if many > 0}
