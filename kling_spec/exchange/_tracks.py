"""The tracks of a film as an editor has them: the picture, the clips' own sound, music, voice."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any

from kling_spec.exchange._laid import Laid, Piece, halves, shot_of
from kling_spec.exchange._library import OURS
from kling_spec.ir import AssetEntry, Clip, Entry, Gap, GapEntry, Layer, TransitionKind
from kling_spec.media import ClipFacts, ImageFacts, SoundFacts

PICTURE, SOUND, MUSIC, VOICE = "Picture", "Clip sound", "Music", "Voice"
"""The names of the tracks."""
_WORDS = {
    TransitionKind.CROSSFADE: "Cross Dissolve",
    TransitionKind.DIP_TO_BLACK: "Dip to Black",
    TransitionKind.DIP_TO_WHITE: "Dip to White",
    TransitionKind.WIPE: "Wipe",
}
"""What editors call our transitions."""
KINDS = {words.lower(): kind for kind, words in _WORDS.items()}


class Tracks:
    """Makes the tracks of one film; `urls` are those of its materials, in their order."""

    def __init__(self, laid: Laid, urls: Sequence[str], otio: ModuleType) -> None:
        self._laid = laid
        self._urls = urls
        self._otio = otio
        self._pieces = laid.pieces

    def picture(self) -> Any:
        """Return the picture track."""
        track = self._track(PICTURE, "Video")
        for piece in self._pieces:
            if entrance := piece.item.entrance:
                track.append(self._transition(entrance.kind, entrance.frames))
            track.append(self._gap(piece) if isinstance(piece.item, Gap) else self._clip(piece, piece.item))
        return track

    def sounds(self) -> Iterator[Any]:
        """Yield the tracks of sound, those that are empty left out."""
        if any(self._is_heard(piece) for piece in self._pieces):
            yield self._own_sound()
        sound = self._laid.film.sound
        if sound.music is not None:
            track = self._track(MUSIC, "Audio")
            self._fill(track, self._laid.stock.places[sound.music], MUSIC, loops=True)
            yield track
        if sound.voice is not None:
            track = self._track(VOICE, "Audio")
            begin = round(Fraction(sound.voice_start) * self._laid.timeline.canvas.rate)
            self._fill(track, self._laid.stock.places[sound.voice], VOICE, begin=begin)
            yield track

    # -- how --

    def _own_sound(self) -> Any:
        track = self._track(SOUND, "Audio")
        before: Piece | None = None
        for piece in self._pieces:
            heard = self._is_heard(piece)
            if piece.item.entrance and (heard or (before is not None and self._is_heard(before))):
                track.append(self._transition(TransitionKind.CROSSFADE, piece.item.entrance.frames))
            if heard and isinstance(piece.item, Clip):
                track.append(self._clip(piece, piece.item))
            else:
                track.append(self._otio.schema.Gap(source_range=self._span(piece.head, piece.frames)))
            before = piece
        return track

    def _is_heard(self, piece: Piece) -> bool:
        if isinstance(piece.item, Gap) or piece.item.is_mute or self._laid.film.sound.is_clips_mute:
            return False
        facts = self._laid.material(piece.item).facts
        return isinstance(facts, ClipFacts) and facts.audio is not None

    def _fill(self, track: Any, source: int, name: str, *, begin: int = 0, loops: bool = False) -> None:
        """Lay a sound from frame `begin` to the film's end, or as far as it goes."""
        facts = self._laid.stock.materials[source].facts
        length = self._sound_frames(facts) if isinstance(facts, SoundFacts) else 0
        at, total, loop = begin, self._laid.timeline.frames, 0
        if begin:
            track.append(self._otio.schema.Gap(source_range=self._span(0, min(begin, total))))
        while at < total and length and (loops or loop == 0):
            frames = min(length, total - at)
            clip = self._otio.schema.Clip(
                name=name.lower(),
                media_reference=self._reference(source, frames),
                source_range=self._span(0, frames),
                metadata={OURS: {"loop": loop}},
            )
            track.append(clip)
            at, loop = at + frames, loop + 1

    def _sound_frames(self, facts: SoundFacts) -> int:
        return int(Fraction(facts.seconds) * self._laid.timeline.canvas.rate)

    def _clip(self, piece: Piece, item: Clip) -> Any:
        schema, entry = self._otio.schema, self._laid.film.entries[piece.number]
        start = (item.first + piece.head) * item.speed
        effects = [schema.LinearTimeWarp("speed", float(item.speed))] if item.speed != 1 else []
        return schema.Clip(
            name=_name_of(entry),
            media_reference=self._reference(item.source, item.frames),
            source_range=self._span(float(start) if start.denominator > 1 else int(start), piece.frames),
            effects=effects,
            metadata={OURS: {"entry": piece.number, **self._said(entry, item)}},
        )

    def _gap(self, piece: Piece) -> Any:
        gap = self._otio.schema.Gap(source_range=self._span(piece.head, piece.frames))
        said: dict[str, Any] = {"entry": piece.number}
        if isinstance(piece.item, Gap):
            said["color"] = piece.item.color
        gap.metadata[OURS] = {**said, **_read_over(self._laid.film.entries[piece.number])}
        return gap

    def _said(self, entry: Entry, item: Clip) -> dict[str, Any]:
        if isinstance(entry, AssetEntry):
            said: dict[str, Any] = {"asset": entry.name}
        elif isinstance(entry, GapEntry):
            said = {}
        else:
            said = {"task": entry.task, **shot_of(entry.task)}
            if fingerprint := self._laid.fingerprints.get(entry.task):
                said["fingerprint"] = fingerprint
        levels = {"speed": str(item.speed), "fit": item.fit.value, "gain": str(item.gain)}
        return {**said, **levels, "mute": item.is_mute, **_read_over(entry)}

    def _transition(self, kind: TransitionKind, frames: int) -> Any:
        before, behind = halves(frames)
        is_fade = kind is TransitionKind.CROSSFADE
        return self._otio.schema.Transition(
            name=_WORDS[kind],
            transition_type="SMPTE_Dissolve" if is_fade else "Custom_Transition",
            in_offset=self._time(before),
            out_offset=self._time(behind),
            metadata={OURS: {"kind": kind.value}},
        )

    def _reference(self, source: int, frames: int) -> Any:
        material = self._laid.stock.materials[source]
        facts, rate = material.facts, self._laid.rate
        match facts:
            case ClipFacts(regular=True):
                frames, rate = facts.frames, float(facts.rate)
            case ClipFacts():
                frames = round(Fraction(facts.seconds) * self._laid.timeline.canvas.rate)
            case SoundFacts():
                frames = self._sound_frames(facts)
        said: dict[str, Any] = {"name": material.name, "sha256": material.sha256}
        if isinstance(facts, ClipFacts):
            said["facts"] = facts.to_json()
        said["kind"] = "image" if isinstance(facts, ImageFacts) else "media"
        reference = self._otio.schema.ExternalReference(
            target_url=self._urls[source],
            available_range=self._otio.opentime.TimeRange(self._time(0, rate), self._time(frames, rate)),
            metadata={OURS: said},
        )
        reference.name = self._urls[source].rsplit("/", 1)[-1]
        return reference

    def _track(self, name: str, kind: str) -> Any:
        return self._otio.schema.Track(name=name, kind=kind)

    def _span(self, start: float, frames: int) -> Any:
        return self._otio.opentime.TimeRange(self._time(start), self._time(frames))

    def _time(self, value: float, rate: float | None = None) -> Any:
        return self._otio.opentime.RationalTime(value, rate or self._laid.rate)


def layer_words(layer: Layer) -> dict[str, Any]:
    """Return an overlay in plain values."""
    said: dict[str, Any] = {"text": layer.text} if layer.text else {"image": layer.name}
    said["start"] = str(layer.start)
    if layer.end is not None:
        said["end"] = str(layer.end)
    look = {"position": layer.place.value, "size": str(layer.size), "color": layer.color}
    return {**said, **look, "opacity": str(layer.opacity)}


def _read_over(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = {"caption": entry.caption} if entry.caption else {}
    if entry.layers:
        said["overlays"] = [layer_words(layer) for layer in entry.layers]
    return said


def _name_of(entry: Entry) -> str:
    if isinstance(entry, AssetEntry):
        return entry.name
    return "" if isinstance(entry, GapEntry) else entry.task.rsplit("/", 1)[-1]
