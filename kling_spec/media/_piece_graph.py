"""The filter graph of one piece of a film's picture."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from kling_spec.ir import Canvas
from kling_spec.media._builder import builder, compiled, concat
from kling_spec.media._chain import TAG, leap_of, stretch_of
from kling_spec.media._encoder import Encoder
from kling_spec.media._piece import Footage, Pasted, Piece
from kling_spec.media._run import source

DIPS = ("black", "white")
"""Transitions that are made here; all others are xfade's."""


def piece_arguments(piece: Piece, canvas: Canvas, encoder: Encoder, target: Path) -> list[str]:
    """Return ffmpeg's arguments for the piece."""
    stream = _picture(piece, canvas, encoder.pixel_format)
    for picture in piece.pasted:
        stream = _laid_over(stream, picture, piece, encoder)
    if piece.pasted:
        stream = stream.filter("format", encoder.pixel_format).filter("setparams", **TAG)
    stream = stream.filter("setsar", 1)
    leaps = any(isinstance(part, Footage) and leap_of(part, canvas.rate)[0] for part in piece.shown)
    # Frames keep their own times where one is found by its time.
    return [*(["-copyts"] if leaps else []), *compiled(stream, target, encoder.arguments(canvas.rate))]


def nameless_arguments(piece: Piece, canvas: Canvas, encoder: Encoder) -> list[str]:
    """Return the same arguments with numbers for the files: equal for equal work, wherever the files lie."""
    target = Path("made")
    names = {source(path): f"<{number}>" for number, path in enumerate((target, *piece.paths))}
    return [names.get(word, word) for word in piece_arguments(piece, canvas, encoder, target)]


def stretch_arguments(shown: Footage, canvas: Canvas) -> list[str]:
    """Return the arguments that decode a stretch and throw it away, to count what it gives."""
    stream = stretch_of(shown, canvas, "yuv420p").filter("trim", end_frame=shown.frames)
    words = compiled(stream, Path("counted"), {"fps_mode": "passthrough", "f": "null"})
    return [*(["-copyts"] if leap_of(shown, canvas.rate)[0] else []), *words]


def _picture(piece: Piece, canvas: Canvas, pixel_format: str) -> Any:
    streams = [stretch_of(part, canvas, pixel_format) for part in piece.shown]
    if len(streams) == 1:
        return streams[0]
    before, after = streams
    if piece.effect in DIPS:

        def cut(stream: Any, start: int, end: int) -> Any:
            part = stream.filter("trim", start_frame=start, end_frame=end).filter("setpts", "PTS-STARTPTS")
            return part.filter("fps", fps=str(canvas.rate))

        return _dip(before, after, piece.frames, piece.effect, cut)
    seconds = float(Fraction(piece.frames) / canvas.rate)
    mixed = builder().filter(
        [before, after], "xfade", transition=piece.effect, duration=f"{seconds:.6f}", offset=0
    )
    return mixed.filter("format", pixel_format).filter("setparams", **TAG)


def _dip(before: Any, after: Any, frames: int, color: str, cut: Callable[[Any, int, int], Any]) -> Any:
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


def _laid_over(stream: Any, picture: Pasted, piece: Piece, encoder: Encoder) -> Any:
    layer = builder().input(source(picture.path), f="png_pipe").video
    layer = layer.filter("scale", in_range="pc", out_range="tv", out_color_matrix="bt709", flags="bicubic")
    layer = layer.filter("format", encoder.alpha_format)
    when: dict[str, Any] = {}
    if picture.frames < piece.frames:
        when = {"enable": f"between(n,{picture.first},{picture.first + picture.frames - 1})"}
    return builder().filter(
        [stream, layer], "overlay", x=picture.x, y=picture.y, format=encoder.overlay_format, **when
    )
