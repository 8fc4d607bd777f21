"""References: every name that a key holds is there, and is of the kind that the key wants."""

from collections.abc import Iterator

from kling_spec.compile._context import SOURCES, Context, Path, is_template
from kling_spec.diagnostics import Diagnostic, did_you_mean
from kling_spec.spec import LastFrameOf, ShotKeys


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield the names that are wrong without rendering anything."""
    if context.spec.defaults is not None:
        yield from names_of(context, ("defaults",), context.spec.defaults)
    for name, shot in context.spec.shots.items():
        yield from names_of(context, ("shots", name), shot)


def names_of(context: Context, path: Path, keys: ShotKeys) -> Iterator[Diagnostic]:
    """Yield what is wrong with the names in a shot's keys; templates are passed over."""
    for key in ("first_frame", "last_frame"):
        frame = getattr(keys, key)
        if isinstance(frame, LastFrameOf):
            yield from _shot(context, (*path, key, "last_frame_of"), frame.last_frame_of)
        elif frame is not None:
            yield from _asset(context, (*path, key), frame, ("image",))
    for number, name in enumerate(keys.references):
        yield from _asset(context, (*path, "references", number), name, ("image", "element"))
    for key in SOURCES:
        yield from _video(context, (*path, key), getattr(keys, key))


def _shot(context: Context, path: Path, name: str) -> Iterator[Diagnostic]:
    if not is_template(name) and name not in context.spec.shots:
        help_ = did_you_mean(name, context.spec.shots)
        yield context.report("KS306", f"no shot is called '{name}'", path, help=help_)


def _asset(context: Context, path: Path, name: str, kinds: tuple[str, ...]) -> Iterator[Diagnostic]:
    if is_template(name):
        return
    wanted = " or ".join(kinds)
    kind = context.names.kind_of_asset(name)
    if name in context.spec.shots and kinds == ("image",):
        help_ = f"write '{{last_frame_of: {name}}}'"
        yield context.report("KS307", f"'{name}' is a shot, and an image is wanted here", path, help=help_)
    elif name not in context.spec.assets:
        fitting = [known for known in context.spec.assets if context.names.kind_of_asset(known) in kinds]
        help_ = did_you_mean(name, fitting) or f"add the {wanted} under 'assets:'"
        yield context.report("KS306", f"no {wanted} is called '{name}'", path, help=help_)
    elif kind is not None and kind not in kinds:
        message = f"'{name}' is {_article(kind)}, and {_article(wanted)} is wanted here"
        yield context.report("KS307", message, path, help=f"name {_article(wanted)}")


def _video(context: Context, path: Path, name: str | None) -> Iterator[Diagnostic]:
    if name is None or is_template(name) or context.names.is_video(name):
        return
    kind = context.names.kind_of_asset(name)
    if kind is not None:
        message = f"'{name}' is {_article(kind)}, and a video is wanted here"
        yield context.report("KS307", message, path, help="name a shot or a video asset")
    elif name not in context.spec.assets:
        videos = [known for known in context.spec.assets if context.names.is_video(known)]
        help_ = did_you_mean(name, [*context.spec.shots, *videos])
        yield context.report("KS306", f"no shot or video is called '{name}'", path, help=help_)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
