"""What lies over the segments of a film, drawn once each, and only where a segment needs it."""

from dataclasses import dataclass, field

from kling_spec.cut._recipe import Kitchen
from kling_spec.cut._segments import Segment
from kling_spec.media import Drawn, Pasted, draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The drawn overlays of one film."""

    kitchen: Kitchen
    _drawn: dict[int, Drawn] = field(default_factory=dict)

    def draw(self, segment: Segment) -> None:
        """Draw what lies over the segment; raises LayerError or MediaError where that cannot be."""
        timeline, stock = self.kitchen.timeline, self.kitchen.stock
        for lying in segment.lying:
            if lying.overlay in self._drawn:
                continue
            overlaid = timeline.overlays[lying.overlay]
            image, font = (
                None if at is None else stock.materials[at].path for at in (overlaid.source, overlaid.font)
            )
            target = self.kitchen.folder / f"over-{lying.overlay:04}.png"
            self._drawn[lying.overlay] = draw(
                overlaid.layer, timeline.canvas, image=image, font=font, target=target
            )

    def pasted(self, segment: Segment) -> tuple[Pasted, ...]:
        """Return what lies over the segment; it has been drawn."""
        found = ((self._drawn[lying.overlay], lying) for lying in segment.lying)
        return tuple(
            Pasted(path=drawn.path, x=drawn.x, y=drawn.y, first=lying.first, frames=lying.frames)
            for drawn, lying in found
        )
