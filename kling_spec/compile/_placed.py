"""What a cut names by templates: assets of the right kind, words, layers."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kling_spec.compile._assets import placed
from kling_spec.compile._context import Context, Path, is_template
from kling_spec.compile._render import Renderer, RenderError, in_cell, split
from kling_spec.diagnostics import Diagnostic, Origin, did_you_mean
from kling_spec.ir import Layer, Link, LocalFile, Place
from kling_spec.spec import Asset
from kling_spec.spec import Layer as LayerKeys

_LETTERS, _PICTURE = Decimal("0.06"), Decimal("0.2")


class Placing:
    """Looks up and renders for the cuts of one variant; `found` collects what is wrong."""

    def __init__(
        self,
        context: Context,
        names: Mapping[str, Any],
        cell: str,
        found: dict[Diagnostic, None],
        origin_of: Callable[[Path], Origin],
    ) -> None:
        self._context = context
        self._names = names
        self._cell = cell
        self._found = found
        self._render = Renderer(context)
        self._origin = origin_of

    @property
    def in_cell(self) -> str:
        """Return the words of a message that name the variant."""
        return in_cell(self._cell)

    def report(self, code: str, message: str, path: Path, help_: str = "", *, key: bool = False) -> None:
        """Collect a finding."""
        self._found[self._context.report(code, message, path, key=key, help=help_)] = None

    def words(self, written: str | None, path: Path) -> str:
        """Return the rendered text; a text that fails or names an asset is reported and empty."""
        words, mentioned = self._rendered(written, path) if written is not None else ("", ())
        if mentioned:
            message = f"'{mentioned[0]}' is an input, and words are wanted here{in_cell(self._cell)}"
            self.report("KS307", message, path, "write what is to be read, or use 'image:' to show it")
            return ""
        return words

    def asset(self, written: str | None, path: Path, kind: str) -> tuple[str, Link | LocalFile | None]:
        """Return the name and the file of the asset of that kind, or what was written and None."""
        if written is None:
            return "", None
        name = self._name(written, path)
        asset = self._context.spec.assets.get(name)
        value = getattr(asset, kind) if asset is not None else None
        if value is not None:
            return name, placed(value, self._context.files)
        if name:
            self._report_wrong(name, path, kind)
        return name, None

    def layers(self, path: Path, layers: Sequence[LayerKeys]) -> tuple[Layer, ...]:
        """Return what lies over a film or an entry, in order."""
        return tuple(self._layer((*path, number), keys) for number, keys in enumerate(layers))

    @staticmethod
    def file_of(asset: Asset, files: Mapping[str, LocalFile | None]) -> Link | LocalFile:
        """Return the picture or video of an asset."""
        return placed(asset.image or asset.video or "", files)

    def _name(self, written: str, path: Path) -> str:
        """Return the asset's name; `{{ logo }}` and `{{ 'logo_' ~ market }}` are names as well."""
        words, mentioned = self._rendered(written, path)
        return words or next(iter(mentioned), "")

    def _rendered(self, written: str, path: Path) -> tuple[str, Sequence[str]]:
        """Return the words of a text and the assets in it; one that fails is reported and has neither."""
        if not is_template(written):
            return written.strip(), ()
        try:
            text = self._render.text(written, path, self._names, self._cell)
        except RenderError as error:
            self._found[error.diagnostic] = None
            return "", ()
        words, mentioned = split(text)
        return "".join(words).strip(), mentioned

    def _layer(self, path: Path, keys: LayerKeys) -> Layer:
        text = self.words(keys.text, (*path, "text"))
        name, image = self.asset(keys.image, (*path, "image"), "image")
        _, font = self.asset(keys.font, (*path, "font"), "font")
        if keys.text is not None and not text:
            self.report("KS330", f"this title is empty{in_cell(self._cell)}", (*path, "text"))
        return Layer(
            text=text,
            image=image,
            name=name,
            start=keys.start,
            end=keys.end,
            place=Place(keys.position),
            size=keys.size or (_PICTURE if keys.text is None else _LETTERS),
            color=keys.color,
            font=font,
            opacity=keys.opacity,
            origin=self._origin(path),
        )

    def _report_wrong(self, name: str, path: Path, kind: str) -> None:
        context = self._context
        other = context.names.kind_of_asset(name)
        article = "an" if kind[0] in "aeiou" else "a"
        wanted = kind if kind in ("audio", "captions") else f"{article} {kind}"
        if other is not None:
            message = f"'{name}' is {other}, and {wanted} is wanted here{in_cell(self._cell)}"
            self.report("KS307", message, path, f"name {wanted} asset")
            return
        known = [one for one in context.spec.assets if context.names.kind_of_asset(one) == kind]
        help_ = did_you_mean(name, known) or f"add it under 'assets:' as '{{{kind}: PATH}}'"
        self.report("KS306", f"no {kind} is called '{name}'{in_cell(self._cell)}", path, help_)
