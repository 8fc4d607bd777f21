"""Cuts: what a timeline names is there, and can be shown."""

from collections.abc import Iterator

from kling_spec.compile._context import Context, Path
from kling_spec.compile.rules import formats, layers
from kling_spec.diagnostics import Diagnostic, did_you_mean
from kling_spec.spec import EntryKeys


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield what is wrong with each cut."""
    for name, cut in context.spec.cuts.items():
        path: Path = ("cuts", name)
        for number, entry in enumerate(cut.timeline):
            yield from _entry(context, (*path, "timeline", number), entry)
            yield from layers.check(context, (*path, "timeline", number, "overlays"), entry.overlays)
        if cut.timeline[0].transition is not None:
            message = "the first entry has nothing before it to give way"
            where = (*path, "timeline", 0, "transition")
            yield context.report("KS330", message, where, key=True, help="remove 'transition'")
        yield from layers.check(context, (*path, "overlays"), cut.overlays)
        yield from formats.check(context, (*path, "formats"), cut.formats)


def _entry(context: Context, path: Path, entry: EntryKeys) -> Iterator[Diagnostic]:
    if [entry.shot, entry.asset, entry.gap].count(None) != 2:
        message = "an entry is either a shot, an asset or a gap"
        help_ = "write '- SHOT', '- {asset: NAME, duration: 2}' or '- {gap: 1}'"
        yield context.report("KS330", message, path, help=help_)
    elif entry.shot is not None:
        yield from _shot(context, path, entry.shot, entry)
    elif entry.asset is not None:
        yield from _asset(context, path, entry.asset, entry)
    else:
        yield from _gap(context, path, entry)
    if entry.color is not None and entry.gap is None:
        yield context.report(
            "KS330", "only a gap has a color", (*path, "color"), key=True, help="remove 'color'"
        )
    if entry.trim is not None and entry.trim[0] >= entry.trim[1]:
        message = f"this trim ends at {entry.trim[1]} s, before it begins at {entry.trim[0]} s"
        yield context.report("KS330", message, (*path, "trim"), help="write '[from, to]' in seconds")


def _gap(context: Context, path: Path, entry: EntryKeys) -> Iterator[Diagnostic]:
    for key in sorted(entry.model_fields_set & {"duration", "trim", "speed", "fit", "join", "gain", "mute"}):
        message = f"a gap shows nothing that '{key}' could change"
        yield context.report("KS330", message, (*path, key), key=True, help=f"remove '{key}'")


def _shot(context: Context, path: Path, name: str, entry: EntryKeys) -> Iterator[Diagnostic]:
    if name in context.spec.assets:
        help_ = f"write '{{asset: {name}, duration: 2}}'"
        yield context.report(
            "KS307", f"'{name}' is an asset, and a shot is wanted here", (*path, "shot"), help=help_
        )
    elif name not in context.spec.shots:
        help_ = did_you_mean(name, context.spec.shots)
        yield context.report("KS306", f"no shot is called '{name}'", (*path, "shot"), help=help_)
    if entry.duration is not None:
        message = "a shot's length is its own; 'duration' is for images"
        help_ = "write 'trim: [from, to]' to shorten it"
        yield context.report("KS330", message, (*path, "duration"), key=True, help=help_)


def _asset(context: Context, path: Path, name: str, entry: EntryKeys) -> Iterator[Diagnostic]:
    kind = context.names.kind_of_asset(name)
    if name not in context.spec.assets:
        help_ = did_you_mean(
            name,
            [
                known
                for known in context.spec.assets
                if context.names.kind_of_asset(known) in ("image", "video")
            ],
        )
        yield context.report("KS306", f"no asset is called '{name}'", (*path, "asset"), help=help_)
    elif kind == "image" and entry.duration is None:
        message = f"the image '{name}' does not say how long it stands"
        yield context.report("KS330", message, path, help=f"write '{{asset: {name}, duration: 2}}'")
    elif kind == "image":
        for key in sorted(entry.model_fields_set & {"trim", "speed", "gain", "mute", "join"}):
            message = f"an image stands still and makes no sound; '{key}' is for videos"
            help_ = "write 'duration'" if key in ("trim", "speed") else f"remove '{key}'"
            yield context.report("KS330", message, (*path, key), key=True, help=help_)
    elif kind == "video" and entry.duration is not None:
        message = "a video's length is its own; 'duration' is for images"
        help_ = "write 'trim: [from, to]' to shorten it"
        yield context.report("KS330", message, (*path, "duration"), key=True, help=help_)
    elif kind not in (None, "image", "video"):
        help_ = "name it under 'audio: {music: …}'" if kind == "audio" else "name an image or a video"
        yield context.report("KS307", f"'{name}' is {kind}, and cannot be seen", (*path, "asset"), help=help_)
