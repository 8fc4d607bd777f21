"""Cuts: what a timeline names is there, and can be shown."""

from collections.abc import Iterator

from kling_spec.compile._context import Context, Path
from kling_spec.diagnostics import Diagnostic, did_you_mean
from kling_spec.spec import EntryKeys


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield what is wrong with each cut."""
    for name, cut in context.spec.cuts.items():
        for number, entry in enumerate(cut.timeline):
            path = ("cuts", name, "timeline", number)
            yield from _entry(context, path, entry)
            if number == 0 and entry.transition is not None:
                message = "the first entry has nothing before it to give way"
                yield context.report(
                    "KS330", message, (*path, "transition"), key=True, help="remove 'transition'"
                )
        if cut.audio is not None and cut.audio.music is not None:
            yield from _music(context, ("cuts", name, "audio", "music"), cut.audio.music)


def _entry(context: Context, path: Path, entry: EntryKeys) -> Iterator[Diagnostic]:
    if (entry.shot is None) == (entry.asset is None):
        message = "an entry is either a shot or an asset"
        yield context.report("KS330", message, path, help="write '- SHOT', or '- {asset: NAME, duration: 2}'")
    elif entry.shot is not None:
        yield from _shot(context, path, entry.shot, entry)
    else:
        yield from _asset(context, path, entry.asset or "", entry)
    if entry.trim is not None and entry.trim[0] >= entry.trim[1]:
        message = f"this trim ends at {entry.trim[1]} s, before it begins at {entry.trim[0]} s"
        yield context.report("KS330", message, (*path, "trim"), help="write '[from, to]' in seconds")


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
    elif kind == "image" and entry.trim is not None:
        yield context.report(
            "KS330", "an image cannot be trimmed", (*path, "trim"), key=True, help="write 'duration'"
        )
    elif kind == "video" and entry.duration is not None:
        message = "a video's length is its own; 'duration' is for images"
        help_ = "write 'trim: [from, to]' to shorten it"
        yield context.report("KS330", message, (*path, "duration"), key=True, help=help_)
    elif kind in ("audio", "element"):
        help_ = "name it under 'audio: {music: …}'" if kind == "audio" else "name an image or a video"
        yield context.report("KS307", f"'{name}' is {kind}, and cannot be seen", (*path, "asset"), help=help_)


def _music(context: Context, path: Path, name: str) -> Iterator[Diagnostic]:
    kind = context.names.kind_of_asset(name)
    if kind is None and name not in context.spec.assets:
        sounds = [known for known in context.spec.assets if context.names.kind_of_asset(known) == "audio"]
        help_ = did_you_mean(name, sounds) or "add it under 'assets:' as '{audio: PATH}'"
        yield context.report("KS306", f"no audio is called '{name}'", path, help=help_)
    elif kind not in (None, "audio"):
        yield context.report(
            "KS307", f"'{name}' is {kind}, and audio is wanted here", path, help="name an audio asset"
        )
