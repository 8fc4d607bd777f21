"""Cuts and one variant to films: which clips, in which order, under which file name."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from kling_spec.compile._assets import placed
from kling_spec.compile._context import Context, Path
from kling_spec.compile._expand import Expansion
from kling_spec.compile._file_names import folded, free_of_devices, unsafe
from kling_spec.compile._matrix import slug
from kling_spec.compile._names import asset_kind
from kling_spec.compile._render import Renderer, RenderError, in_cell
from kling_spec.compile._shape import Shape, duration_of, part_id
from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ir import AssetClip, Clip, Film, ShotClip, Soundtrack, Transition, TransitionKind
from kling_spec.spec import Cut, EntryKeys

_LONGEST_NAME = 150
"""Bytes of the name that a film gets where nobody names it."""


class FilmMaker:
    """Makes the films of one spec; `found` collects what is wrong, each finding once.

    A spec without `cuts` has one film of each variant: all its shots in order.
    """

    def __init__(self, context: Context) -> None:
        self.found: dict[Diagnostic, None] = {}
        self._context = context
        self._render = Renderer(context)
        self._taken: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, tuple[str, str]] = {}
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
        path: Path = ("cuts", name, "output")
        if cut.output is None:
            path = path[:2] if not self._is_implied else ("shots",)
            parts = [
                expansion.names["name"],
                cell if cell != "-" else "",
                name if len(self._cuts) > 1 else "",
            ]
            output = free_of_devices(slug("-".join(filter(None, parts)), _LONGEST_NAME)) + ".mp4"
        else:
            try:
                output = self._render.text(cut.output, path, expansion.names, cell).strip().replace(":", "x")
            except RenderError as error:
                self.found[error.diagnostic] = None
                return None
        help_ = "write a file name such as '{{ name }}-{{ variant.id }}.mp4'"
        if cut.output is not None and (wrong := unsafe(output)):
            self._report("KS314", f"the output '{output}' {wrong}{in_cell(cell)}", path, help_)
            return None
        if other := self._taken_by(output, (name, cell)):
            message = f"cut '{name}' writes '{output}' in variant {cell}, which '{other[0]}' in {other[1]} writes too"
            self._report("KS314", message, path, f"put '{{{{ variant.id }}}}' into 'output' of cut '{name}'")
            return None
        return output

    def _taken_by(self, output: str, film: tuple[str, str]) -> tuple[str, str] | None:
        """Return the film that has the file's name already, as a file or a folder, in some file system's eyes."""
        if "/" not in output and not self._folders:
            first = self._taken.setdefault(folded(output), film)
            return None if first == film else first
        *folders, file = accumulate(folded(output).split("/"), "{}/{}".format)
        for folder in folders:
            if folder in self._taken:
                return self._taken[folder]
            self._folders.setdefault(folder, film)
        taken = self._folders.get(file) or self._taken.setdefault(file, film)
        return None if taken == film else taken

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
