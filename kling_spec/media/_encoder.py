"""How pictures are written: one fixed setting for each codec, since the setting decides the bytes."""

from dataclasses import dataclass
from fractions import Fraction

from kling_spec.ir import Codec
from kling_spec.media._remux import ticks_of

KEYS = 48
"""Frames from one frame that stands alone to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One of ffmpeg's encoders, and what it is told."""

    name: str
    pixel_format: str
    alpha_format: str
    """What pictures with transparency become before they are laid over."""
    overlay_format: str
    """The same in the words of the filter that lays them over."""
    container: str
    """ffmpeg's name of the file that pieces are kept in."""
    options: dict[str, str | int]

    def arguments(self, rate: Fraction) -> dict[str, str | int]:
        """Return the output options of a piece."""
        return {
            "c:v": self.name,
            **self.options,
            "pix_fmt": self.pixel_format,
            "threads": 2,  # the number decides the bytes, so it does not follow the machine
            "color_range": "tv",
            "colorspace": "bt709",
            "color_primaries": "bt709",
            "color_trc": "bt709",
            "fps_mode": "passthrough",  # the graph gives each frame once; ffmpeg before 6 would add one at the end
            "video_track_timescale": ticks_of(rate),
            "fflags": "+bitexact",
            "flags:v": "+bitexact",
            "map_metadata": -1,
            "f": self.container,
        }


_PLAIN = {"pixel_format": "yuv420p", "alpha_format": "yuva420p", "overlay_format": "yuv420"}
ENCODERS = {
    Codec.H264: Encoder(
        name="libx264",
        **_PLAIN,
        container="mp4",
        options={
            "preset": "fast",
            "crf": 18,
            "profile:v": "high",
            "x264-params": f"keyint={KEYS}:open-gop=0",
        },
    ),
    Codec.HEVC: Encoder(
        name="libx265",
        **_PLAIN,
        container="mp4",
        options={
            "preset": "fast",
            "crf": 20,
            "profile:v": "main",
            "tag:v": "hvc1",
            "x265-params": f"keyint={KEYS}:open-gop=0:frame-threads=2:pools=2:info=0:log-level=error",
        },
    ),
    Codec.VP9: Encoder(
        name="libvpx-vp9",
        **_PLAIN,
        container="mp4",
        options={"crf": 24, "b:v": 0, "deadline": "good", "cpu-used": 4, "g": KEYS, "row-mt": 0},
    ),
    Codec.PRORES: Encoder(
        name="prores_ks",
        pixel_format="yuv422p10le",
        alpha_format="yuva422p10le",
        overlay_format="yuv422p10",
        container="mov",
        options={"profile:v": 3, "vendor": "apl0"},
    ),
}
"""Each codec of a delivery."""
