"""Decides once, when a clip arrives, whether it is whole."""

from pathlib import Path
from threading import Event

from kling_spec.media._binary import Ffmpeg, find_ffmpeg
from kling_spec.media._error import FfmpegError, MediaError
from kling_spec.media._facts import ClipFacts
from kling_spec.media._probe import probe
from kling_spec.media._run import ONE_THREAD, run, source
from kling_spec.media._sniff import check_is_mp4

MOV = ("-protocol_whitelist", "file,pipe", "-f", "mov")
"""Stands before every `-i` of a clip: other formats, and files that name files, are refused."""


def verify(
    path: Path,
    expected_seconds: float | None = None,
    tolerance: float = 0.5,
    *,
    ffmpeg: Ffmpeg | None = None,
    cancel: Event | None = None,
) -> ClipFacts:
    """Return the facts of a clip that is whole, or raise MediaError.

    Whole means: it opens with `ftyp`, has as many frames as its index promises,
    decodes to the end without one error, and is as long as was ordered. Costs
    about a tenth of the clip's length in time.
    """
    check_is_mp4(path, strictly=True)
    facts = probe(path)
    if expected_seconds is not None and abs(facts.seconds - expected_seconds) > tolerance:
        raise MediaError(f"the clip is {facts.seconds:.2f} s long; {expected_seconds:g} s were ordered")
    try:
        _decode(path, facts, ["0:v:0", "0:a?"], ffmpeg or find_ffmpeg(), cancel)
    except FfmpegError as error:
        if error.code is None:
            raise
        raise MediaError("the clip is damaged: not all of it can be decoded") from error
    return facts


def decode_picture(path: Path, facts: ClipFacts, *, ffmpeg: Ffmpeg, cancel: Event | None = None) -> None:
    """Decode every picture of a clip, to no end but to see that it can be; raises FfmpegError where one cannot."""
    _decode(path, facts, ["0:v:0"], ffmpeg, cancel)


def _decode(path: Path, facts: ClipFacts, tracks: list[str], ffmpeg: Ffmpeg, cancel: Event | None) -> None:
    mapped = [word for track in tracks for word in ("-map", track)]
    words = ["-xerror", *MOV, "-threads", str(ONE_THREAD), "-i", source(path), *mapped, "-f", "null", "-"]
    run(ffmpeg.path, words, seconds=60 + 20 * facts.seconds, cancel=cancel)
