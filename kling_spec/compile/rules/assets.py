"""Assets: each of one kind, each file there."""

from collections.abc import Iterator
from decimal import Decimal

from kling_spec.compile._assets import is_link, is_outside, is_private, measured, paths_of
from kling_spec.compile._context import Context
from kling_spec.compile._names import ASSET_KINDS
from kling_spec.diagnostics import Diagnostic, Severity
from kling_spec.spec import Asset, ElementPictures

_TOLERANCE = Decimal("0.1")


def check(context: Context) -> Iterator[Diagnostic]:
    """Yield what is wrong with each asset."""
    for name, asset in context.spec.assets.items():
        yield from _kind(context, name, asset)
        yield from _files(context, name, asset)
        yield from _length(context, name, asset)
        if isinstance(asset.element, ElementPictures):
            yield from _element(context, name, asset.element)
        if "made_from" in asset.model_fields_set and asset.element is None:
            message = f"asset '{name}' says 'from', which only an element has"
            yield context.report("KS311", message, ("assets", name, "from"), key=True, help="remove 'from'")


def _kind(context: Context, name: str, asset: Asset) -> Iterator[Diagnostic]:
    kinds = [kind for kind in ASSET_KINDS if getattr(asset, kind) is not None]
    path = ("assets", name)
    if not kinds:
        help_ = f"write one of {', '.join(ASSET_KINDS)}"
        yield context.report("KS311", f"asset '{name}' does not say what it is", path, key=True, help=help_)
    elif len(kinds) > 1:
        message = f"asset '{name}' is {' and '.join(kinds)} at once"
        yield context.report("KS311", message, (*path, kinds[1]), key=True, help="make them two assets")
    elif asset.duration is not None and kinds[0] != "video":
        message = f"asset '{name}' says 'duration', which only a video has"
        help_ = "say how long an image stands in the cut: '{asset: NAME, duration: 2}'"
        yield context.report("KS311", message, (*path, "duration"), key=True, help=help_)


def _files(context: Context, name: str, asset: Asset) -> Iterator[Diagnostic]:
    for where, written in paths_of(asset):
        path = ("assets", name, *where)
        if is_link(written):
            if is_private(written):
                help_ = "put the file where everybody can fetch it, or name a file of the project"
                message = f"asset '{name}' has an address that no provider can reach"
                yield context.report("KS312", message, path, help=help_)
            continue
        if not written.strip():
            yield context.report(
                "KS312", f"asset '{name}' names no file", path, help="write a path or an https address"
            )
        elif written.split("://")[0] in ("ftp", "file", "s3", "gs", "data") and ":" in written:
            help_ = "write an https address, or a path relative to the spec"
            yield context.report(
                "KS312", f"asset '{name}' has an address that no provider fetches", path, help=help_
            )
        elif is_outside(written):
            help_ = "copy the file into the project and write its path relative to the spec"
            yield context.report("KS312", f"asset '{name}' lies outside the project", path, help=help_)
        elif (file := context.files.get(written)) is None:
            help_ = "paths are relative to the file that names them"
            yield context.report(
                "KS312", f"asset '{name}' names a file that is not there: {written}", path, help=help_
            )
        elif file.facts is not None and not file.facts.format:
            help_ = "name a picture, a video or a sound of the project; the project begins at kling-spec.toml"
            message = f"asset '{name}' names a file that cannot be used: {file.facts.problem}"
            yield context.report("KS312", message, path, help=help_)


def _length(context: Context, name: str, asset: Asset) -> Iterator[Diagnostic]:
    file = context.files.get(asset.video or "")
    seconds = measured(file) if file is not None else None
    if seconds is None or asset.duration is None or abs(seconds - asset.duration) <= _TOLERANCE:
        return
    yield context.report(
        "KS315",
        f"asset '{name}' says {asset.duration} seconds, and the file lasts {seconds}",
        ("assets", name, "duration"),
        help="remove 'duration': a file of the project is measured",
        severity=Severity.WARNING,
    )


def _element(context: Context, name: str, element: ElementPictures) -> Iterator[Diagnostic]:
    path = ("assets", name, "element")
    if element.video is None and element.frontal is None:
        message = f"element '{name}' has neither a frontal picture nor a video"
        yield context.report("KS311", message, path, help="write 'frontal: PICTURE', or 'video: VIDEO'")
    elif element.video is not None and (element.frontal is not None or element.images):
        message = f"element '{name}' has pictures and a video"
        yield context.report("KS311", message, (*path, "video"), key=True, help="keep one of the two")
    elif element.video is not None and element.voice is not None:
        message = f"element '{name}' has a video, which brings its voice, and another voice"
        yield context.report("KS311", message, (*path, "voice"), key=True, help="remove 'voice'")
    elif element.video is None and not element.images:
        message = f"element '{name}' has a frontal picture and no other"
        yield context.report(
            "KS311", message, path, help="add 'images:' with one to three further pictures of it"
        )
