"""Unused assets: mostly a mistake, never an error."""

from collections.abc import Iterator

from kling_spec.compile._context import SOURCES, Context, is_template
from kling_spec.compile._problem import TemplateProblem
from kling_spec.compile._strings import conditions, strings
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.spec import Captions, Cut


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield a warning for every asset that nothing names."""
    used = _named(context) | _in_templates(context)
    if "assets" in used:
        return
    for name in context.spec.assets:
        if name not in used:
            message = f"asset '{name}' is not used"
            help_ = "name it in a prompt as '{{ " + name + " }}', or remove it"
            yield context.report(
                "KS340", message, ("assets", name), key=True, help=help_, severity=Severity.WARNING
            )


def _named(context: Context) -> set[str]:
    used: set[str] = set()
    for shot in context.shots.values():
        used.update(shot.keys.references)
        for key in ("first_frame", "last_frame", *SOURCES):
            value = getattr(shot.keys, key)
            if isinstance(value, str):
                used.add(value)
    for cut in context.spec.cuts.values():
        used.update(_in_cut(context, cut))
    if context.spec.matrix is not None:
        for axis in context.spec.matrix.axes.values():
            used.update(value for value in axis if isinstance(value, str))
    return used


def _in_cut(context: Context, cut: Cut) -> Iterator[str]:
    """Yield the assets that a cut names; where a template says which, every one of that kind."""
    layers = [*cut.overlays, *(layer for entry in cut.timeline for layer in entry.overlays)]
    named = [("image", layer.image) for layer in layers] + [("font", layer.font) for layer in layers]
    named += [("", entry.asset) for entry in cut.timeline]
    if cut.audio is not None:
        named += [("audio", cut.audio.music), ("audio", cut.audio.voice)]
    if isinstance(cut.captions, Captions):
        named += [("captions", cut.captions.file), ("font", cut.captions.font)]
    for kind, name in named:
        if is_template(name):
            yield from (asset for asset in context.spec.assets if context.names.kind_of_asset(asset) == kind)
        elif name is not None:
            yield name


def _in_templates(context: Context) -> set[str]:
    used: set[str] = set()
    for _, source in (*strings(context.spec), *conditions(context.spec)):
        try:
            used |= context.templates.read(source).reads
        except TemplateProblem:
            return set(context.spec.assets)  # what it names cannot be known until it can be read
    return used
