"""Cuts and one variant to films: which clips, in which order, under which file name."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from kling_spec.compile._assets import placed
from kling_spec.compile._context import Context, Path
from kling_spec.compile._expand import Expansion
from kling_spec.compile._matrix import slug
from kling_spec.compile._names import asset_kind
from kling_spec.compile._render import Renderer, RenderError, in_cell
from kling_spec.compile._shape import Shape, duration_of, part_id
from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ir import AssetClip, Clip, Film, ShotClip, Soundtrack, Transition, TransitionKind
from kling_spec.spec import Cut, EntryKeys


class FilmMaker:
    """Makes the films of one spec; `found` collects what is wrong, each finding once.

    A spec without `cuts` has one film of each variant: all its shots in order.
    """

    def __init__(self, context: Context) -> None:
        self.found: dict[Diagnostic, None] = {}
        self._context = context
        self._render = Renderer(context)
        self._taken: dict[str, tuple[str, str]] = {}
        self._origins: dict[Path, Origin] = {}
        spec = context.spec
        self._is_implied = "cuts" not in spec.model_fields_set
        timeline = [EntryKeys(shot=shot) for shot in spec.shots]
        self._cuts = {"film": Cut(timeline=timeline)} if self._is_implied else spec.cuts

    def films(self, expansion: Expansion) -> list[Film]:
        """Return the films of one variant; a cut whose every entry is left out there makes none."""
        if not expansion.names:
            return []  # what is wrong with the variables is said already
        made = (self._film(name, cut, expansion) for name, cut in self._cuts.items())
        return [film for film in made if film is not None]

    def _film(self, name: str, cut: Cut, expansion: Expansion) -> Film | None:
        path: Path = ("cuts", name)
        clips: list[Clip] = []
        for number, entry in enumerate(cut.timeline):
            clips += self._clips((*path, "timeline", number), entry, expansion)
        output = self._output(name, cut, expansion)
        if output is None or not clips:
            return None
        return Film(
            cut=name,
            variant=expansion.variant.id,
            output=output,
            clips=tuple(clips),
            sound=self._sound(cut),
            origin=self._origin(path if not self._is_implied else ("shots",)),
        )

    def _output(self, name: str, cut: Cut, expansion: Expansion) -> str | None:
        cell = expansion.variant.id
        if cut.output is None:  # such names are safe, and no two are the same
            parts = [
                expansion.names["name"],
                cell if cell != "-" else "",
                name if len(self._cuts) > 1 else "",
            ]
            return slug("-".join(filter(None, parts))) + ".mp4"
        path = ("cuts", name, "output")
        try:
            output = self._render.text(cut.output, path, expansion.names, cell).strip().replace(":", "x")
        except RenderError as error:
            self.found[error.diagnostic] = None
            return None
        if wrong := _unsafe(output):
            message = f"the output '{output}' {wrong}{in_cell(cell)}"
            self._report(
                "KS314", message, path, "write a file name such as '{{ name }}-{{ variant.id }}.mp4'"
            )
            return None
        first = self._taken.setdefault(output.casefold(), (name, cell))
        if first != (name, cell):
            message = f"cut '{name}' writes '{output}' in variant {cell}, which '{first[0]}' in {first[1]} writes too"
            self._report("KS314", message, path, "put '{{ variant.id }}' into the name")
            return None
        return output

    def _clips(self, path: Path, entry: EntryKeys, expansion: Expansion) -> Iterator[Clip]:
        transition = _transition(entry)
        if entry.asset is not None:
            yield self._asset_clip(path, entry, entry.asset, transition)
            return
        shape = expansion.shapes.get(entry.shot or "")
        if shape is None:
            return
        for number, (task, start, end) in enumerate(
            self._stretches(path, entry, shape, expansion.variant.id)
        ):
            yield ShotClip(
                task=f"{expansion.variant.id}/{task}",
                start=start,
                end=end,
                transition=transition if number == 0 else None,
                origin=self._origin(path),
            )

    def _stretches(
        self, path: Path, entry: EntryKeys, shape: Shape, cell: str
    ) -> Iterator[tuple[str, Decimal | None, Decimal | None]]:
        """Yield the tasks of a shot and its extensions, and which stretch of each is shown."""
        tasks = [part_id(shape.shot.name, shape.pick, number) for number in range(len(shape.keys.extend) + 1)]
        if entry.trim is None:
            yield from ((task, None, None) for task in tasks)
            return
        first, last = entry.trim
        if len(tasks) == 1:
            if shape.seconds is not None and last > shape.seconds:
                message = f"this trim ends at {last} s, and the clip after {shape.seconds} s{in_cell(cell)}"
                self._report("KS330", message, (*path, "trim"), f"write an end of at most {shape.seconds}")
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
            message = (
                f"this trim ends at {last} s, and the shot with its extensions after {begin} s{in_cell(cell)}"
            )
            self._report("KS330", message, (*path, "trim"), f"write an end of at most {begin}")

    def _asset_clip(
        self, path: Path, entry: EntryKeys, name: str, transition: Transition | None
    ) -> AssetClip:
        asset = self._context.spec.assets[name]
        start, end = entry.trim or (None, None)
        return AssetClip(
            name=name,
            kind=asset_kind(asset) or "image",
            source=placed(asset.image or asset.video or "", self._context.files),
            seconds=entry.duration,
            start=start,
            end=end,
            transition=transition,
            origin=self._origin(path),
        )

    def _sound(self, cut: Cut) -> Soundtrack:
        audio = cut.audio
        if audio is None:
            return Soundtrack()
        asset = self._context.spec.assets.get(audio.music or "")
        music = placed(asset.audio, self._context.files) if asset is not None and asset.audio else None
        return Soundtrack(music=music, music_gain=audio.music_gain, duck=audio.duck, loudness=audio.loudness)

    def _origin(self, path: Path) -> Origin:
        if path not in self._origins:
            self._origins[path] = self._context.document.locate(path, key=True)
        return self._origins[path]

    def _report(self, code: str, message: str, path: Path, help_: str) -> None:
        self.found[self._context.report(code, message, path, help=help_)] = None


def _transition(entry: EntryKeys) -> Transition | None:
    if entry.transition is None:
        return None
    return Transition(kind=TransitionKind(entry.transition.type), seconds=entry.transition.duration)


def _unsafe(output: str) -> str:
    """Return what is wrong with a file name below the output folder, or nothing."""
    path = PurePosixPath(output)
    if path.is_absolute() or ".." in path.parts or "\\" in output or not path.name:
        return "leaves the output folder"
    if path.suffix.lower() not in (".mp4", ".mov", ".m4v"):
        return "is no mp4 file"
    if not output.isprintable() or len(output.encode()) > 200:
        return "is no file name"
    return ""
