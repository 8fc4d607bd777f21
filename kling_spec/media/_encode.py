"""Encodes one piece of a film's picture, and says how much of its clips there really was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from kling_spec.ir import Canvas
from kling_spec.media._binary import Ffmpeg
from kling_spec.media._encoder import Encoder
from kling_spec.media._error import MediaError
from kling_spec.media._piece import Footage, Piece
from kling_spec.media._piece_graph import piece_arguments, stretch_arguments
from kling_spec.media._probe import opened
from kling_spec.media._run import run

OnFrame = Callable[[int], None]


def encode_piece(  # noqa: PLR0913 -- a piece, how it is written and where, and how to watch it
    ffmpeg: Ffmpeg,
    piece: Piece,
    canvas: Canvas,
    encoder: Encoder,
    target: Path,
    *,
    cancel: Event | None = None,
    on_frame: OnFrame | None = None,
) -> tuple[int, ...]:
    """Write the piece and return how many frames each of its files lacked; 0 for all that are whole.

    Where one lacks some, its last frame stands for them, so that the piece is as
    long as planned in any case. A clip that does not decode cleanly raises
    FfmpegError, another number of frames MediaError.
    """
    limit = 120 + 60 * piece.frames / float(canvas.rate)

    def made(shown: Piece) -> int:
        arguments = piece_arguments(shown, canvas, encoder, target)
        run(ffmpeg.path, ["-xerror", *arguments], seconds=limit, cancel=cancel, on_frame=on_frame)
        return frames_in(target)

    count, lacking = made(piece), tuple(0 for _ in piece.shown)
    if count < piece.frames:
        lacking = tuple(_lacking(ffmpeg, part, canvas, cancel) for part in piece.shown)
        held = tuple(
            replace(part, held=many) if isinstance(part, Footage) else part
            for part, many in zip(piece.shown, lacking, strict=True)
        )
        count = made(replace(piece, shown=held))
    if count != piece.frames:
        raise MediaError(f"a piece of the film came out with {count} frames of {piece.frames} planned")
    return lacking


def frames_in(path: Path) -> int:
    """Return how many frames of picture the file holds."""
    with opened(path, "mov") as container:
        video = next(iter(container.streams.video), None)
        return 0 if video is None else sum(1 for packet in container.demux(video) if packet.size)


def _lacking(ffmpeg: Ffmpeg, shown: object, canvas: Canvas, cancel: Event | None) -> int:
    if not isinstance(shown, Footage) or shown.facts is None:
        return 0
    counted: list[int] = [0]
    run(ffmpeg.path, stretch_arguments(shown, canvas), cancel=cancel, on_frame=counted.append)
    # One frame was added already, for rounding.
    return 0 if counted[-1] >= shown.frames else shown.frames - counted[-1] + 1
