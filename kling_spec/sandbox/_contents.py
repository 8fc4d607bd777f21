"""What a body of Kling's second standard asks for, its defaults filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

OMNI = "kling-3.0-omni"
O1 = "kling-o1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A body whose shapes are right."""

    model: str
    items: tuple[dict[str, Any], ...]
    multi_shot: bool
    """Of 3.0 Omni true unless the body says otherwise; O1 has no such setting."""
    audio: str
    resolution: str
    ratio: str
    seconds: int
    external_id: str | None
    watermark: bool

    @classmethod
    def read(cls, body: dict[str, Any], *, model: str) -> "Contents":
        """Return the view of a body that has passed its shape."""
        settings, options = body.get("settings", {}), body.get("options", {})
        return cls(
            model=model,
            items=tuple(body["contents"]),
            multi_shot=model != O1 and settings.get("multi_shot", True),
            audio=settings.get("audio", "off"),
            resolution=settings.get("resolution", "720p"),
            ratio=settings.get("aspect_ratio", "16:9"),
            seconds=settings.get("duration", 5),
            external_id=options.get("external_task_id") or None,
            watermark=options.get("watermark_info", {}).get("enabled", False),
        )

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the items of some types, in the order of the body."""
        return [item for item in self.items if item["type"] in kinds]

    def url(self, kind: str) -> str | None:
        """Return the address of the first item of a type."""
        return next((item["url"] for item in self.of(kind)), None)

    def placed(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each item with the path where it stands."""
        for place, item in enumerate(self.items):
            yield f"contents[{place}]", item

    @property
    def prompt(self) -> str:
        """What is said of the picture."""
        return next((item["text"] for item in self.of("prompt")), "")

    @property
    def video(self) -> str | None:
        """The address of the input video, to be followed or to be edited."""
        return self.url("feature_video") or self.url("base_video")
