"""Filter graphs of a film's sound."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kling_spec.ir import SAMPLE_RATE, Canvas
from kling_spec.media._builder import builder, compiled, concat
from kling_spec.media._run import source
from kling_spec.media._strip import Blend, Body, Strip, pieces_of

_JOIN_FADE = SAMPLE_RATE // 200
"""Samples of fade at a hard cut, 5 ms: too short to hear, long enough to take the click out."""
_RAW = {"f": "f32le", "ar": SAMPLE_RATE, "ac": 2}

Cutter = Callable[[Any, int, int], Any]
"""Takes a stream and two frames, counted in the strip, and returns the stretch between them."""


def sound_arguments(strips: tuple[Strip, ...], canvas: Canvas, target: Path) -> list[str]:
    """Return ffmpeg's arguments for the clips' own sound, as raw 32-bit floats in stereo."""

    def samples(strip: int, frame: int) -> int:
        # Counted on the film's clock, so that no rounding adds up over the joins.
        return canvas.sample(begins[strip] + frame) - canvas.sample(begins[strip])

    def cutter(at: int) -> Cutter:
        def cut(stream: Any, start: int, end: int) -> Any:
            first, last = samples(at, start), samples(at, end)
            part = stream.filter("atrim", start_sample=first, end_sample=last)
            part = part.filter("asetpts", "PTS-STARTPTS")
            return _soft(part, last - first, at_start=start == 0 and at > 0, at_end=_is_end(at, end))

        return cut

    def _is_end(at: int, end: int) -> bool:
        return end == strips[at].frames and at + 1 < len(strips)

    def blend(before: Any, after: Any, piece: Blend) -> Any:
        count = samples(piece.after, piece.frames)
        out = before.filter("afade", type="out", start_sample=0, nb_samples=count, curve="qsin")
        into = after.filter("afade", type="in", start_sample=0, nb_samples=count, curve="qsin")
        return _mix(out, into)

    begins = _begins(strips)
    streams = [_sound_of(strip, canvas, samples(at, strip.frames), at) for at, strip in enumerate(strips)]
    parts = _laid_out(strips, streams, "asplit", cutter, blend)
    total = canvas.sample(begins[-1] + strips[-1].frames)
    return compiled(_exact(concat(parts, 0, 1), total), target, _RAW)


def mix_arguments(  # noqa: PLR0913 -- each of them is heard
    voice: Path | None,
    music: Path,
    kind: str,
    target: Path,
    *,
    samples: int,
    gain: float,
    key_gain: float | None,
) -> list[str]:
    """Return the arguments that lay music under a raw voice: looped, `gain` dB, faded out at the end.

    `key_gain` dB bring the voice to the level at which it presses the music down; None leaves it be.
    """
    loop = {"stream_loop": -1, "f": kind, "protocol_whitelist": "file,pipe", "vn": None}
    bed = _exact(builder().input(source(music), **loop).audio, samples).filter("volume", f"{gain:g}dB")
    fade = min(3 * SAMPLE_RATE // 2, samples // 4)
    bed = bed.filter("afade", type="out", start_sample=samples - fade, nb_samples=fade)
    if voice is None:
        return compiled(bed, target, _RAW)
    spoken = (
        builder()
        .input(source(voice), **_RAW)
        .audio.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    )
    if key_gain is not None:
        twice = spoken.filter_multi_output("asplit", 2)
        spoken, key = twice.stream(0), twice.stream(1).filter("volume", f"{key_gain:g}dB")
        press = {"threshold": 0.02, "ratio": 8, "attack": 50, "release": 600}
        bed = builder().filter([bed, key], "sidechaincompress", **press)
    return compiled(_exact(_mix(spoken, bed), samples), target, _RAW)


def _sound_of(strip: Strip, canvas: Canvas, samples: int, at: int) -> Any:
    """Return exactly so many samples of the strip's own sound, or of silence."""
    audio = strip.facts.audio if strip.facts else None
    if audio is None:
        # Equal sources would be merged into one; their block size tells them apart and changes nothing.
        silence = builder().input(f"anullsrc=r={SAMPLE_RATE}:cl=stereo:n={1024 + at}", f="lavfi")
        return _exact(silence.audio, samples)
    stream = builder().input(source(strip.path), f="mov", protocol_whitelist="file,pipe", threads=2).audio
    stream = stream.filter("aresample", SAMPLE_RATE)
    stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    stream = stream.filter("asetpts", "PTS-STARTPTS")
    begin = canvas.sample(strip.first) - round(audio.start * SAMPLE_RATE)
    if begin < 0:
        stream = stream.filter("adelay", f"{-begin}S", all=1)
    elif begin > 0:
        stream = stream.filter("atrim", start_sample=begin).filter("asetpts", "PTS-STARTPTS")
    return _exact(stream, samples)


def _exact(stream: Any, samples: int) -> Any:
    stream = stream.filter("aresample", SAMPLE_RATE)
    stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    return stream.filter("apad").filter("atrim", end_sample=samples).filter("asetpts", "PTS-STARTPTS")


def _soft(stream: Any, samples: int, *, at_start: bool, at_end: bool) -> Any:
    """Return the stretch with the click taken out of its hard cuts."""
    fade = min(_JOIN_FADE, samples // 2)
    if at_start:
        stream = stream.filter("afade", type="in", start_sample=0, nb_samples=fade)
    if at_end:
        stream = stream.filter("afade", type="out", start_sample=samples - fade, nb_samples=fade)
    return stream


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


def _begins(strips: tuple[Strip, ...]) -> list[int]:
    """Return the frame of the film at which each strip begins."""
    begins, at = [], 0
    for strip in strips:
        begins.append(at - strip.overlap)
        at += strip.frames - strip.overlap
    return begins


def _mix(one: Any, other: Any) -> Any:
    # Without normalize=0 two inputs would each be halved.
    return builder().filter([one, other], "amix", inputs=2, duration="first", normalize=0)
