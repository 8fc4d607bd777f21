"""Every name of a spec and what it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from kling_spec.ir import MediaKind
from kling_spec.spec import Asset, Spec

RESERVED = frozenset({"assets", "shots", "vars", "variant", "name"})
"""Names that templates see as what they are."""


ASSET_KINDS = ("image", "video", "audio", "element", "font", "captions")


class Kind(StrEnum):
    """What a name is, in the words of messages."""

    VARIABLE = "variable"
    AXIS = "axis"
    ASSET = "asset"
    SHOT = "shot"


@dataclass(frozen=True)
class Names:
    """The names of one spec."""

    spec: Spec

    @cached_property
    def variables(self) -> frozenset[str]:
        """Names from `vars`, from named axis values and from patches."""
        names = set(self.spec.vars)
        if self.spec.matrix is not None:
            for axis in self.spec.matrix.axes.values():
                if isinstance(axis, dict):
                    names.update(name for carried in axis.values() for name in carried or {})
            names.update(name for patch in self.spec.matrix.patch for name in patch.set)
        return frozenset(names)

    @cached_property
    def axes(self) -> tuple[str, ...]:
        """The axes of the matrix."""
        return tuple(self.spec.matrix.axes) if self.spec.matrix is not None else ()

    @cached_property
    def in_templates(self) -> frozenset[str]:
        """Everything that a template may name."""
        return (
            RESERVED
            | self.variables
            | frozenset(self.axes)
            | frozenset(self.spec.assets)
            | frozenset(self.spec.shots)
        )

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The assets."""
        return self.spec.assets

    def kind_of_asset(self, name: str) -> str | None:
        """Return one of ASSET_KINDS, or None where no asset has that name."""
        asset = self.spec.assets.get(name)
        return None if asset is None else asset_kind(asset)

    def is_video(self, name: str) -> bool:
        """Whether the name can be a video source: a shot, or a video asset."""
        return name in self.spec.shots or self.kind_of_asset(name) == MediaKind.VIDEO


def asset_kind(asset: Asset) -> str | None:
    """Return which kind the asset is, or None where it says none."""
    return next((kind for kind in ASSET_KINDS if getattr(asset, kind) is not None), None)
