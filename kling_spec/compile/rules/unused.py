"""Unused assets and variables: mostly a mistake, never an error."""

from collections.abc import Iterator

from kling_spec.compile._context import SOURCES, Context, is_template
from kling_spec.compile._problem import TemplateProblem
from kling_spec.compile._strings import conditions, strings
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.spec import Captions, Cut


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield a warning for every asset that nothing names, and every variable that no template reads."""
    read = _in_templates(context)
    if read is None:
        return  # what a template names cannot be known until it can be read
    if "assets" not in read:
        yield from _assets(context, read)
    is_misspelt = any(not context.templates.is_builtin(name) for name in read - context.names.in_templates)
    if "vars" not in read and not is_misspelt:  # else the name that is not there says more
        yield from _variables(context, read)


def _variables(context: Context, read: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield those of the file itself: what it extends may be shared by specs that read other ones."""
    for name in context.spec.vars:
        path = ("vars", name)
        if name in read or context.document.locate(path, key=True).file != context.document.file:
            continue
        help_ = "read it in a template as '{{ " + name + " }}', or remove it"
        message = f"variable '{name}' is not used"
        yield context.report("KS342", message, path, key=True, help=help_, severity=Severity.WARNING)


def _assets(context: Context, read: frozenset[str]) -> Iterator[Diagnostic]:
    used = _named(context) | read
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


def _in_templates(context: Context) -> frozenset[str] | None:
    """Return every name that a template reads, or None where one cannot be read."""
    used: set[str] = set()
    try:
        for _, source in strings(context.spec):
            used |= context.templates.read(source).reads
        for _, source in conditions(context.spec):
            used |= context.templates.read_condition(source).reads
    except TemplateProblem:
        return None
    return frozenset(used)
