"""Encodes pieces of a film's picture, and says how much of their clips there really was."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from kling_spec.ir import Canvas
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._encoder import Encoder
from kling_spec.media._error import MediaError
from kling_spec.media._piece import Footage, Piece
from kling_spec.media._piece_graph import pieces_arguments, stretch_arguments
from kling_spec.media._probe import opened
from kling_spec.media._run import run

OnFrame = Callable[[int], None]


def encode_pieces(  # noqa: PLR0913 -- pieces, how they are written and where, and how to watch it
    ffmpeg: Ffmpeg,
    pieces: Sequence[Piece],
    canvas: Canvas,
    encoder: Encoder,
    targets: Sequence[Path],
    *,
    cancel: Event | None = None,
    on_frame: OnFrame | None = None,
) -> list[tuple[int, ...]]:
    """Write pieces that begin with one clip, each to its target; return how many frames each of their files lacked.

    That is 0 for all that are whole. Where one lacks some, its last frame stands for them, so that the piece
    is as long as planned in any case. The first clip is decoded once for all pieces, and each has the bytes
    that it has by itself. `on_frame` hears of the first one. A clip that does not decode cleanly raises
    FfmpegError, another number of frames MediaError.
    """

    def make(shown: Sequence[Piece], files: Sequence[Path]) -> None:
        frames = sum(piece.frames for piece in pieces)
        arguments = pieces_arguments(shown, canvas, encoder, files)
        limit = 120 + 60 * frames / float(canvas.rate)
        run(ffmpeg.path, ["-xerror", *arguments], seconds=limit, cancel=cancel, on_frame=on_frame)

    make(pieces, targets)
    lacking = []
    for piece, target in zip(pieces, targets, strict=True):
        lack, count = tuple(0 for _ in piece.shown), frames_in(target)
        if count < piece.frames:
            lack = tuple(_lacking(ffmpeg, part, canvas, cancel) for part in piece.shown)
            held = tuple(
                replace(part, held=many) if isinstance(part, Footage) else part
                for part, many in zip(piece.shown, lack, strict=True)
            )
            make([replace(piece, shown=held)], [target])
            count = frames_in(target)
        if count != piece.frames:
            raise MediaError(f"a piece of the film came out with {count} frames of {piece.frames} planned")
        lacking.append(lack)
    return lacking


def frames_in(path: Path) -> int:
    """Return how many frames of picture the file holds."""
    with opened(path, "mov") as container:
        video = next(iter(container.streams.video), None)
        return 0 if video is None else sum(1 for packet in container.demux(video) if packet.size)


def _lacking(ffmpeg: Ffmpeg, shown: object, canvas: Canvas, cancel: Event | None) -> int:
    """Return how many frames the clip itself lacks to the end of what is shown of it."""
    if not isinstance(shown, Footage) or shown.facts is None:
        return 0
    counted, end = [0], shown.first + shown.frames
    whole = replace(shown, first=0, frames=end)
    run(ffmpeg.path, stretch_arguments(whole, canvas), cancel=cancel, on_frame=counted.append)
    # One frame was added already, for rounding.
    return 0 if counted[-1] >= end else end - counted[-1] + 1
