"""Deliveries: sizes that can be written, pictures that fit into their files."""

from collections.abc import Iterator, Mapping

from kling_spec.compile._context import Context, Path
from kling_spec.compile._formats import FITTING, written_as
from kling_spec.diagnostics import Diagnostic
from kling_spec.spec import Format

_SMALLEST, _LARGEST = 64, 4096


def check(context: Context, path: Path, formats: Mapping[str, Format]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the deliveries at `path`."""
    for name, keys in formats.items():
        where = (*path, name)
        if keys.ratio is not None and keys.size is not None:
            message = f"format '{name}' says a ratio and a size"
            yield context.report("KS331", message, (*where, "ratio"), key=True, help="keep one of the two")
        if keys.size is not None:
            yield from _size(context, (*where, "size"), keys.size)
        codec, container = written_as(keys)
        if container not in FITTING[codec]:
            fitting = " or ".join(FITTING[codec])
            key = "container" if keys.container is not None else "codec"
            message = f"a {container} file holds no {codec}"
            yield context.report("KS331", message, (*where, key), help=f"write 'container: {fitting}'")


def _size(context: Context, path: Path, size: str) -> Iterator[Diagnostic]:
    sides = [int(side) for side in size.split("x")]
    if any(side % 2 for side in sides):
        even = "x".join(str(side - side % 2) for side in sides)
        message = f"{size} has an odd side, which these codecs cannot write"
        yield context.report("KS331", message, path, help=f"write '{even}'")
    elif not all(_SMALLEST <= side <= _LARGEST for side in sides):
        message = f"{size} is not between {_SMALLEST} and {_LARGEST} pixels a side"
        yield context.report("KS331", message, path, help="write such as '1080x1920'")
