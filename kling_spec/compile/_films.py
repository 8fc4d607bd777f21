"""Cuts and one variant to films: what follows what, under which file name."""

from itertools import accumulate

from kling_spec.compile._context import Context, Path
from kling_spec.compile._entries import EntryMaker
from kling_spec.compile._expand import Expansion
from kling_spec.compile._file_names import folded, free_of_devices, unsafe
from kling_spec.compile._formats import deliveries, file_name
from kling_spec.compile._matrix import slug
from kling_spec.compile._placed import Placing
from kling_spec.compile._render import Renderer, RenderError, in_cell
from kling_spec.compile._tracks import captions, soundtrack
from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.ir import Entry, Film, Fit
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
        self._taken: dict[str, tuple[str, str, str]] = {}
        self._folders: dict[str, tuple[str, str, str]] = {}
        self._origins: dict[Path, Origin] = {}
        spec = context.spec
        self._is_implied = "cuts" not in spec.model_fields_set
        timeline = [EntryKeys(shot=shot) for shot in spec.shots]
        self._cuts = {"film": Cut(timeline=timeline)} if self._is_implied else spec.cuts

    def films(self, expansion: Expansion) -> list[Film]:
        """Return the films of one variant; a cut whose every entry is left out there makes none."""
        if not expansion.names:
            return []  # what is wrong with the variables is said already
        return [film for name, cut in self._cuts.items() for film in self._films(name, cut, expansion)]

    def _films(self, name: str, cut: Cut, expansion: Expansion) -> list[Film]:
        """Return one film for each delivery of the cut."""
        path: Path = ("cuts", name)
        cell = expansion.variant.id
        placing = Placing(self._context, expansion.names, cell, self.found, self._origin)
        maker = EntryMaker(self._context, placing, expansion, self._origin)
        entries: list[Entry] = []
        for number, keys in enumerate(cut.timeline):
            before = entries[-1] if entries else None
            entries += maker.entries((*path, "timeline", number), keys, before)
        output = self._output(name, cut, expansion)
        if output is None or not entries:
            return []
        origin = self._origin(path if not self._is_implied else ("shots",))
        layers = placing.layers((*path, "overlays"), cut.overlays)
        read = captions(cut, (*path, "captions"), placing, origin)
        sound = soundtrack(cut.audio, (*path, "audio"), placing)
        films = []
        for delivery in deliveries(cut, output):
            target = file_name(output, delivery)
            if self._is_free(target, (name, cell, delivery.name), cut):
                films.append(
                    Film(
                        cut=name,
                        variant=cell,
                        output=target,
                        entries=tuple(entries),
                        fit=Fit(cut.fit),
                        layers=layers,
                        captions=read,
                        sound=sound,
                        delivery=delivery,
                        origin=origin,
                    )
                )
        return films

    def _output(self, name: str, cut: Cut, expansion: Expansion) -> str | None:
        cell = expansion.variant.id
        path: Path = ("cuts", name, "output")
        if cut.output is None:
            parts = [
                expansion.names["name"],
                cell if cell != "-" else "",
                name if len(self._cuts) > 1 else "",
            ]
            return free_of_devices(slug("-".join(filter(None, parts)), _LONGEST_NAME)) + ".mp4"
        try:
            output = self._render.text(cut.output, path, expansion.names, cell).strip().replace(":", "x")
        except RenderError as error:
            self.found[error.diagnostic] = None
            return None
        if wrong := unsafe(output):
            help_ = "write a file name such as '{{ name }}-{{ variant.id }}.mp4'"
            self._report("KS314", f"the output '{output}' {wrong}{in_cell(cell)}", path, help_)
            return None
        return output

    def _is_free(self, output: str, film: tuple[str, str, str], cut: Cut) -> bool:
        """Whether no other film writes that file; where one does, it is reported."""
        if not (other := self._taken_by(output, film)):
            return True
        name, cell, _ = film
        path: Path = ("cuts", name, *(() if cut.output is None else ("output",)))
        message = (
            f"cut '{name}' writes '{output}' in variant {cell}, which '{other[0]}' in {other[1]} writes too"
        )
        help_ = f"put '{{{{ variant.id }}}}' into 'output' of cut '{name}'"
        self._report("KS314", message, path if not self._is_implied else ("shots",), help_)
        return False

    def _taken_by(self, output: str, film: tuple[str, str, str]) -> tuple[str, str, str] | None:
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

    def _origin(self, path: Path) -> Origin:
        if path not in self._origins:
            self._origins[path] = self._context.document.locate(path, key=True)
        return self._origins[path]

    def _report(self, code: str, message: str, path: Path, help_: str) -> None:
        self.found[self._context.report(code, message, path, help=help_)] = None
