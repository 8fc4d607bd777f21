"""What is known about a clip, a sound and a picture."""

from dataclasses import dataclass
from fractions import Fraction

HD = 720
"""Lines from which a clip whose colours are not tagged is taken for BT.709, as players do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """The first sound track of a file."""

    codec: str
    rate: int
    channels: int
    samples: int
    """As many as play, priming and padding left out."""
    start: Fraction = Fraction(0)
    """Seconds at which it begins, counted from the first picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """The video of a file, counted rather than believed."""

    width: int
    height: int
    rate: Fraction
    """Frames in a second: exact where the clip is `regular`, else the mean."""
    frames: int
    """Counted to the end of the file, and as many as its index promises."""
    regular: bool
    """Whether every frame stands as long as the next."""
    starts_at_zero: bool
    starts_with_key: bool
    """Whether the first frame stands alone and none is shown before it."""
    has_leading: bool = False
    """Whether frames are shown before one that stands alone, and are stored after it."""
    codec: str
    profile: str
    pixel_format: str
    color_range: str
    """`tv`, `pc` or `` where the file does not say."""
    matrix: str
    """`bt709`, `bt601`, another's number, or `` where the file does not say."""
    sar: Fraction
    """Width of a pixel over its height."""
    rotation: int
    """Degrees, as a player turns it: 0, 90, 180 or 270."""
    time_base: Fraction
    extradata_sha256: str
    """Of the parameter sets; equal ones are needed for a stream copy."""
    seconds: float
    audio: AudioFacts | None = None

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as seen: square pixels, turned, even."""
        width, height = round(self.width * self.sar), self.height
        if self.rotation % 180:
            width, height = height, width
        return max(2, width - width % 2), max(2, height - height % 2)

    def to_json(self) -> dict[str, object]:
        """Return plain values for the ledger and for tables."""
        sound = self.audio
        return {
            "width": self.width,
            "height": self.height,
            "rate": str(self.rate),
            "frames": self.frames,
            "seconds": round(self.seconds, 4),
            "regular": self.regular,
            "video": " ".join(filter(None, (self.codec, self.profile, self.pixel_format, self.matrix))),
            "audio": f"{sound.codec} {sound.rate} Hz, {sound.channels} channels" if sound else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFacts:
    """A file of sound alone."""

    format: str
    """ffmpeg's name of the container."""
    rate: int
    channels: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """A picture, upright."""

    format: str
    width: int
    height: int
