"""Filter graphs of a film's picture."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from kling_spec.ir import Canvas
from kling_spec.media._builder import builder, compiled, concat
from kling_spec.media._facts import ClipFacts
from kling_spec.media._run import source
from kling_spec.media._strip import Blend, Body, Strip, pieces_of

_HD = 720
_TAG = {"range": "tv", "colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}

DIPS = ("black", "white")
"""Transitions that are made here; all others are xfade's."""

Cutter = Callable[[Any, int, int], Any]
"""Takes a stream and two frames, counted in the strip, and returns the stretch between them."""


def picture_arguments(
    strips: tuple[Strip, ...], canvas: Canvas, target: Path, encoder: dict[str, str | int]
) -> list[str]:
    """Return ffmpeg's arguments for the picture of the whole film in one encode."""

    def cut(stream: Any, start: int, end: int) -> Any:
        part = stream.filter("trim", start_frame=start, end_frame=end).filter("setpts", "PTS-STARTPTS")
        return part.filter("fps", fps=str(canvas.rate))  # says again that the rate is constant

    def blend(before: Any, after: Any, piece: Blend) -> Any:
        kind = strips[piece.after].effect
        if kind in DIPS:
            return _dip(before, after, piece.frames, kind, cut)
        seconds = float(Fraction(piece.frames) / canvas.rate)
        return _xfade(before, after, kind, seconds).filter("format", "yuv420p").filter("setparams", **_TAG)

    streams = [_picture_of(strip, canvas) for strip in strips]
    parts = _laid_out(strips, streams, "split", lambda _: cut, blend)
    return compiled(concat(parts, 1, 0).filter("setsar", 1), target, encoder)


def _picture_of(strip: Strip, canvas: Canvas) -> Any:
    """Return the strip's frames: of the canvas' size, rate and colours, exactly as many as planned."""
    rate = str(canvas.rate)
    if strip.facts is None:
        stream = builder().input(source(strip.path), f="png_pipe", framerate=rate).video
        stream = stream.filter("scale", in_range="pc", **_BT709)
    else:
        stream = builder().input(source(strip.path), f="mov", protocol_whitelist="file,pipe", threads=2).video
        stream = stream.filter("settb", "AVTB").filter("setpts", "PTS-STARTPTS").filter("fps", fps=rate)
        if strip.facts.sar != 1:
            stream = stream.filter("scale", "iw*sar", "ih")
        fit = {"w": canvas.width, "h": canvas.height, "force_original_aspect_ratio": "decrease"}
        stream = stream.filter(
            "scale", **fit, in_range="auto", in_color_matrix=_matrix(strip.facts), **_BT709
        )
        stream = stream.filter("pad", canvas.width, canvas.height, -1, -1)
    last = strip.first + strip.frames
    stream = stream.filter("setsar", 1).filter("format", "yuv420p").filter("setparams", **_TAG)
    stream = stream.filter("tpad", stop_mode="clone", stop=last)
    return stream.filter("trim", start_frame=strip.first, end_frame=last).filter("setpts", "PTS-STARTPTS")


_BT709 = {"out_range": "tv", "out_color_matrix": "bt709", "flags": "bicubic+accurate_rnd+full_chroma_int"}


def _matrix(facts: ClipFacts) -> str:
    return "bt709" if not facts.matrix and facts.height >= _HD else "auto"


def _laid_out(
    strips: tuple[Strip, ...],
    streams: Sequence[Any],
    split: str,
    cutter: Callable[[int], Cutter],
    blend: Callable[[Any, Any, Blend], Any],
) -> list[Any]:
    """Return one stream for each piece of the film, every strip split as often as it is used."""
    pieces = pieces_of(strips)
    spans: list[list[tuple[int, int, int]]] = []
    for piece in pieces:
        if isinstance(piece, Body):
            spans.append([(piece.strip, piece.start, piece.end)])
        else:
            end = strips[piece.after - 1].frames
            spans.append([(piece.after - 1, end - piece.frames, end), (piece.after, 0, piece.frames)])
    uses = [sum(at == strip for span in spans for strip, _, _ in span) for at in range(len(strips))]
    copies = [
        iter([stream] if many == 1 else map(stream.filter_multi_output(split, many).stream, range(many)))
        for stream, many in zip(streams, uses, strict=True)
    ]
    cuts = [[cutter(at)(next(copies[at]), start, end) for at, start, end in span] for span in spans]
    return [
        blend(cut[0], cut[1], piece) if isinstance(piece, Blend) else cut[0]
        for piece, cut in zip(pieces, cuts, strict=True)
    ]


def _dip(before: Any, after: Any, frames: int, color: str, cut: Cutter) -> Any:
    """Return one clip fading into a colour and the next fading out of it, half the time each.

    ffmpeg's own fadeblack is dark after a fifth of its time, which reads as a flaw.
    """
    half = frames // 2
    into = cut(after, half, frames).filter(
        "fade", type="in", start_frame=0, nb_frames=frames - half, color=color
    )
    if not half:
        return into
    out = cut(before, 0, half).filter("fade", type="out", start_frame=0, nb_frames=half, color=color)
    return concat([out, into], 1, 0)


def _xfade(before: Any, after: Any, kind: str, seconds: float) -> Any:
    return builder().filter([before, after], "xfade", transition=kind, duration=f"{seconds:.6f}", offset=0)
