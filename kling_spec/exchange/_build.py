"""A film as an editor's timeline: its tracks, its markers, and what only we know in its metadata."""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from kling_spec.exchange._laid import Laid
from kling_spec.exchange._library import OURS
from kling_spec.exchange._tracks import Tracks, layer_words
from kling_spec.ir import Clip, Overlaid

_SHOT, _OVERLAY, _CAPTION = "GREEN", "PURPLE", "YELLOW"


def build(laid: Laid, urls: Sequence[str], otio: ModuleType) -> Any:
    """Return the film as the library's Timeline; the same film gives the same bytes."""
    film, canvas = laid.film, laid.timeline.canvas
    name = film.output.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    timeline = otio.schema.Timeline(name=name, global_start_time=otio.opentime.RationalTime(0, laid.rate))
    tracks = Tracks(laid, urls, otio)
    timeline.tracks.append(tracks.picture())
    timeline.tracks.extend(list(tracks.sounds()))
    timeline.tracks.markers.extend(list(_markers(laid, otio)))
    timeline.metadata[OURS] = {
        "version": 1,
        "spec": laid.spec,
        "cut": film.cut,
        "variant": film.variant,
        "delivery": film.delivery.name,
        "rate": str(canvas.rate),
        "width": canvas.width,
        "height": canvas.height,
        "sound": _sound_words(laid),
        "overlays": [layer_words(layer) for layer in film.layers],
    }
    return timeline


def _sound_words(laid: Laid) -> dict[str, Any]:
    sound = laid.film.sound
    said: dict[str, Any] = {"clips_gain": str(sound.clips_gain), "mute_clips": sound.is_clips_mute}
    if sound.loudness is not None:
        said["loudness"] = str(sound.loudness)
    if sound.music is not None:
        said |= {
            "music_gain": str(sound.music_gain),
            "music_fade": [str(sound.music_fade_in), str(sound.music_fade_out)],
            "duck": sound.duck,
        }
    if sound.voice is not None:
        said["voice_gain"] = str(sound.voice_gain)
    return said


def _markers(laid: Laid, otio: ModuleType) -> Iterator[Any]:
    def marker(name: str, first: int, frames: int, color: str) -> Any:
        time = otio.opentime.RationalTime
        span = otio.opentime.TimeRange(time(first, laid.rate), time(frames, laid.rate))
        return otio.schema.Marker(name=name, marked_range=span, color=color)

    for piece in laid.pieces:
        if isinstance(piece.item, Clip):
            name = laid.material(piece.item).name.rsplit("/", 1)[-1]
            yield marker(name, piece.begin, piece.frames, _SHOT)
    burnt = {(cue.first, cue.frames, cue.text) for cue in laid.timeline.cues}
    for overlay in laid.timeline.overlays:
        if (overlay.first, overlay.frames, overlay.layer.text) not in burnt:
            yield marker(_title(overlay), overlay.first, overlay.frames, _OVERLAY)
    for cue in laid.timeline.cues:
        yield marker(f"caption: {cue.text}", cue.first, cue.frames, _CAPTION)


def _title(overlay: Overlaid) -> str:
    layer = overlay.layer
    return f"title: {layer.text}" if layer.text else f"overlay: {layer.name}"
