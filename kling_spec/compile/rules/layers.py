"""Titles and logos: each shows one thing, for some time."""

from collections.abc import Iterator, Sequence

from kling_spec.compile._context import Context, Path
from kling_spec.diagnostics import Diagnostic
from kling_spec.spec import Layer


def check(context: Context, path: Path, layers: Sequence[Layer]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the overlays at `path`."""
    for number, layer in enumerate(layers):
        where = (*path, number)
        if (layer.text is None) == (layer.image is None):
            help_ = "write '{text: WORDS}' or '{image: ASSET}'"
            yield context.report("KS330", "an overlay is either a text or an image", where, help=help_)
        if layer.end is not None and layer.end <= layer.start:
            message = f"this overlay ends at {layer.end} s, before it begins at {layer.start} s"
            yield context.report("KS330", message, (*where, "end"), help="write an 'end' behind its 'start'")
        for key in sorted(layer.model_fields_set & {"color", "font"} if layer.image is not None else ()):
            message = f"an image has no letters; '{key}' is for texts"
            yield context.report("KS330", message, (*where, key), key=True, help=f"remove '{key}'")
