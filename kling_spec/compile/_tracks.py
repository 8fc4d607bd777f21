"""Sound and captions of a cut."""

import re
from decimal import Decimal

from kling_spec.compile._context import Path
from kling_spec.compile._placed import Placing
from kling_spec.diagnostics import Origin
from kling_spec.ir import Captions, Soundtrack
from kling_spec.spec import Audio, Cut
from kling_spec.spec import Captions as CaptionKeys

_LOUDNESS = Decimal(-14)
"""LUFS of a film with music that says no other: what the large platforms play at."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""Of BCP 47."""
_FADES = (Decimal(0), Decimal("1.5"))


def soundtrack(audio: Audio | None, path: Path, placing: Placing) -> Soundtrack:
    """Return what is heard besides the clips."""
    if audio is None:
        return Soundtrack()
    _, music = placing.asset(audio.music, (*path, "music"), "audio")
    _, voice = placing.asset(audio.voice, (*path, "voice"), "audio")
    fade_in, fade_out = audio.music_fade or _FADES
    return Soundtrack(
        music=music,
        music_gain=audio.music_gain,
        music_fade_in=fade_in,
        music_fade_out=fade_out,
        duck=audio.duck,
        voice=voice,
        voice_start=audio.voice_from,
        voice_gain=audio.voice_gain,
        clips_gain=audio.clips_gain,
        is_clips_mute=audio.mute_clips,
        loudness=_loudness(audio),
    )


def captions(cut: Cut, path: Path, placing: Placing, origin: Origin) -> Captions | None:
    """Return what is read, or None where the cut asks for no captions."""
    if cut.captions is None or cut.captions is False:
        return None
    if not isinstance(cut.captions, CaptionKeys):
        return Captions(origin=origin)
    keys = cut.captions
    language = placing.words(keys.language, (*path, "language"))
    if language and not _LANGUAGE.fullmatch(language):
        message = f"'{language}' is no language tag{placing.in_cell}"
        placing.report("KS330", message, (*path, "language"), "write such as 'en' or 'pt-BR'")
    _, file = placing.asset(keys.file, (*path, "file"), "captions")
    _, font = placing.asset(keys.font, (*path, "font"), "font")
    return Captions(
        file=file,
        is_burnt=keys.burn,
        font=font,
        size=keys.size,
        language=language,
        origin=origin,
    )


def _loudness(audio: Audio) -> Decimal | None:
    if isinstance(audio.loudness, Decimal):
        return audio.loudness
    return _LOUDNESS if audio.loudness is None and audio.music is not None else None
