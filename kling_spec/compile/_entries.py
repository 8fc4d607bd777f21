"""One entry of a timeline, in one variant: a shot with its extensions, an asset, or a gap."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from kling_spec.compile._context import Context, Path
from kling_spec.compile._expand import Expansion
from kling_spec.compile._names import asset_kind
from kling_spec.compile._placed import Placing
from kling_spec.compile._render import in_cell
from kling_spec.compile._shape import Shape, duration_of, part_id
from kling_spec.diagnostics import Origin
from kling_spec.ir import (
    AssetEntry,
    Entry,
    Fit,
    GapEntry,
    Layer,
    LocalFile,
    ShotEntry,
    Transition,
    TransitionKind,
)
from kling_spec.spec import EntryKeys

_BLACK = "#000000"

OriginOf = Callable[[Path], Origin]


class EntryMaker:
    """Makes the entries of the films of one variant; what is wrong goes to `placing`."""

    def __init__(self, context: Context, placing: Placing, expansion: Expansion, origin_of: OriginOf) -> None:
        self._context = context
        self._placing = placing
        self._expansion = expansion
        self._origin = origin_of

    def entries(self, path: Path, keys: EntryKeys, before: Entry | None) -> Iterator[Entry]:
        """Yield what the entry at `path` shows; nothing where its shot is left out of the variant."""
        layers = self._placing.layers((*path, "overlays"), keys.overlays)
        transition = _transition(keys)
        if keys.gap is not None:
            yield GapEntry(
                seconds=keys.gap,
                color=keys.color or _BLACK,
                transition=transition,
                caption=self._caption(path, keys),
                layers=layers,
                origin=self._origin(path),
            )
        elif keys.asset is not None:
            yield self._asset(path, keys, keys.asset, transition, layers)
        elif (shape := self._expansion.shapes.get(keys.shot or "")) is not None:
            yield from self._shot(path, keys, shape, transition, layers, before)

    def _shot(  # noqa: PLR0913 -- an entry, and what stands around it
        self,
        path: Path,
        keys: EntryKeys,
        shape: Shape,
        transition: Transition | None,
        layers: tuple[Layer, ...],
        before: Entry | None,
    ) -> Iterator[Entry]:
        cell = self._expansion.variant.id
        follows = shape.sources.get("next_of") or shape.sources.get("first_frame")
        goes_on = (
            isinstance(before, ShotEntry) and follows is not None and before.task == f"{cell}/{follows.task}"
        )
        for number, (task, start, end) in enumerate(self._stretches(path, keys, shape)):
            yield ShotEntry(
                task=f"{cell}/{task}",
                start=start,
                end=end,
                speed=keys.speed,
                fit=Fit(keys.fit) if keys.fit else None,
                transition=transition if number == 0 else None,
                is_continued=goes_on if number == 0 else True,
                opens_on_last_frame=number == 0 and goes_on and "next_of" not in shape.sources,
                is_join_trimmed=keys.join == "auto",
                gain=keys.gain,
                is_mute=keys.mute,
                caption=self._caption(path, keys) or shape.keys.caption or "",
                layers=layers if number == 0 else (),
                origin=self._origin(path),
            )

    def _stretches(
        self, path: Path, keys: EntryKeys, shape: Shape
    ) -> Iterator[tuple[str, Decimal | None, Decimal | None]]:
        """Yield the tasks of a shot and its extensions, and which stretch of each is shown."""
        cell = self._expansion.variant.id
        tasks = [part_id(shape.shot.name, shape.pick, number) for number in range(len(shape.keys.extend) + 1)]
        if keys.trim is None:
            yield from ((task, None, None) for task in tasks)
            return
        first, last = keys.trim
        if len(tasks) == 1:
            if shape.seconds is not None and last > shape.seconds:
                message = f"this trim ends at {last} s, and the clip after {shape.seconds} s{in_cell(cell)}"
                help_ = f"write an end of at most {shape.seconds}"
                self._placing.report("KS330", message, (*path, "trim"), help_)
            yield tasks[0], first, last
            return
        lengths = [shape.seconds, *(duration_of(part) for part in shape.keys.extend)]
        begin = Decimal(0)
        for task, length in zip(tasks, lengths, strict=True):
            end = begin + Decimal(length or 0)
            if first < end and last > begin:
                yield task, max(first - begin, Decimal(0)), min(last, end) - begin
            begin = end
        if last > begin:
            message = f"this trim ends at {last} s, and the shot with its extensions after {begin} s"
            help_ = f"write an end of at most {begin}"
            self._placing.report("KS330", message + in_cell(cell), (*path, "trim"), help_)

    def _asset(
        self,
        path: Path,
        keys: EntryKeys,
        name: str,
        transition: Transition | None,
        layers: tuple[Layer, ...],
    ) -> AssetEntry:
        files: Mapping[str, LocalFile | None] = self._context.files
        start, end = keys.trim or (None, None)
        asset = self._context.spec.assets[name]
        return AssetEntry(
            name=name,
            kind=asset_kind(asset) or "image",
            source=self._placing.file_of(asset, files),
            seconds=keys.duration,
            start=start,
            end=end,
            speed=keys.speed,
            fit=Fit(keys.fit) if keys.fit else None,
            transition=transition,
            is_join_trimmed=keys.join == "auto",
            gain=keys.gain,
            is_mute=keys.mute,
            caption=self._caption(path, keys),
            layers=layers,
            origin=self._origin(path),
        )

    def _caption(self, path: Path, keys: EntryKeys) -> str:
        return self._placing.words(keys.caption, (*path, "caption"))


def _transition(keys: EntryKeys) -> Transition | None:
    if keys.transition is None:
        return None
    return Transition(kind=TransitionKind(keys.transition.type), seconds=keys.transition.duration)
