"""The filter graph of pieces of a film's picture."""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from kling_spec.ir import Canvas
from kling_spec.media._builder import builder, compiled, concat, parted
from kling_spec.media._chain import TAG, Played, leap_of, played_of, stretch_of
from kling_spec.media._encoder import Encoder
from kling_spec.media._piece import Footage, Pasted, Piece
from kling_spec.media._run import source

DIPS = ("black", "white")
"""Transitions that are made here; all others are xfade's."""


def piece_arguments(piece: Piece, canvas: Canvas, encoder: Encoder, target: Path) -> list[str]:
    """Return ffmpeg's arguments for the piece."""
    return pieces_arguments([piece], canvas, encoder, [target])


def pieces_arguments(
    pieces: Sequence[Piece], canvas: Canvas, encoder: Encoder, targets: Sequence[Path]
) -> list[str]:
    """Return ffmpeg's arguments that write each piece to its target.

    Several pieces must begin with one and the same clip, at one speed: it is decoded once for all of them.
    """
    played = _played(pieces, canvas)
    uses = Counter(picture.path for piece in pieces for picture in piece.pasted)
    layers = {path: iter(parted(_layer(path, encoder), many)) for path, many in uses.items()}
    made = []
    for piece, begin in zip(pieces, played, strict=True):
        stream = _picture(piece, canvas, encoder.pixel_format, begin)
        for picture in piece.pasted:
            stream = _laid_over(stream, next(layers[picture.path]), picture, piece, encoder)
        if piece.pasted:
            stream = stream.filter("format", encoder.pixel_format).filter("setparams", **TAG)
        made.append(stream.filter("setsar", 1))
    leaps = any(leap_of(part, canvas.rate)[0] for piece in pieces for part in piece.footage)
    # Frames keep their own times where one is found by its time.
    return [*(["-copyts"] if leaps else []), *compiled(made, targets, encoder.arguments(canvas.rate))]


def nameless_arguments(piece: Piece, canvas: Canvas, encoder: Encoder) -> list[str]:
    """Return the same arguments with numbers for the files: equal for equal work, wherever the files lie."""
    target = Path("made")
    names = {source(path): f"<{number}>" for number, path in enumerate((target, *piece.paths))}
    return [names.get(word, word) for word in piece_arguments(piece, canvas, encoder, target)]


def stretch_arguments(shown: Footage, canvas: Canvas) -> list[str]:
    """Return the arguments that decode a stretch and throw it away, to count what it gives."""
    stream = stretch_of(shown, canvas, "yuv420p").filter("trim", end_frame=shown.frames)
    words = compiled([stream], [Path("counted")], {"fps_mode": "passthrough", "f": "null"})
    return [*(["-copyts"] if leap_of(shown, canvas.rate)[0] else []), *words]


def _played(pieces: Sequence[Piece], canvas: Canvas) -> list[Played | None]:
    """Return for each piece the clip that it begins with; None where it begins with none."""
    first = min((piece.shown[0] for piece in pieces), key=lambda shown: getattr(shown, "first", 0))
    if not isinstance(first, Footage) or first.facts is None:
        return [None] * len(pieces)
    played = played_of(first, first.facts, canvas.rate)
    return [Played(stream, played.begins) for stream in parted(played.stream, len(pieces))]


def _picture(piece: Piece, canvas: Canvas, pixel_format: str, begin: Played | None) -> Any:
    streams = [
        stretch_of(part, canvas, pixel_format, None if at else begin) for at, part in enumerate(piece.shown)
    ]
    if len(streams) == 1:
        return streams[0]
    before, after = streams
    if piece.effect in DIPS:

        def cut(stream: Any, start: int, end: int) -> Any:
            part = stream.filter("trim", start_frame=start, end_frame=end).filter("setpts", "PTS-STARTPTS")
            return part.filter("fps", fps=str(canvas.rate))

        return _dip(before, after, piece.frames, piece.effect, cut)
    seconds = float(Fraction(piece.frames) / canvas.rate)
    # ffmpeg before 6 shows the second clip alone where the first one ends, a frame early.
    longer = [stream.filter("tpad", stop_mode="clone", stop=2) for stream in (before, after)]
    mixed = builder().filter(longer, "xfade", transition=piece.effect, duration=f"{seconds:.6f}", offset=0)
    return (
        mixed.filter("trim", end_frame=piece.frames).filter("format", pixel_format).filter("setparams", **TAG)
    )


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


def _layer(path: Path, encoder: Encoder) -> Any:
    layer = builder().input(source(path), f="png_pipe").video
    layer = layer.filter("scale", in_range="pc", out_range="tv", out_color_matrix="bt709", flags="bicubic")
    return layer.filter("format", encoder.alpha_format)


def _laid_over(stream: Any, layer: Any, picture: Pasted, piece: Piece, encoder: Encoder) -> Any:
    when: dict[str, Any] = {}
    if picture.frames < piece.frames:
        when = {"enable": f"between(n,{picture.first},{picture.first + picture.frames - 1})"}
    return builder().filter(
        [stream, layer], "overlay", x=picture.x, y=picture.y, format=encoder.overlay_format, **when
    )
