"""Which variants and shots of a spec are meant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kling_spec.compile import Cell
from kling_spec.diagnostics import Diagnostic, Origin, did_you_mean
from kling_spec.source import spelled
from kling_spec.spec import Spec


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Axis values and shots; nothing chosen means all."""

    variants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each named axis, the values that are wanted, as text."""
    shots: frozenset[str] = frozenset()

    def wants(self, cell: Cell) -> bool:
        """Whether the variant is meant."""
        values = cell.variant.values
        return all(spelled(values.get(axis)) in wanted for axis, wanted in self.variants.items())

    @property
    def filter(self) -> Callable[[Cell], bool] | None:
        """What picks variants; None where all are meant."""
        return self.wants if self.variants else None

    def check(self, spec: Spec) -> list[Diagnostic]:
        """Return what the selection names and the spec does not have."""
        axes = spec.matrix.axes if spec.matrix is not None else {}
        found = []
        for axis, wanted in self.variants.items():
            origin = Origin(f"--variant {axis}={'|'.join(sorted(wanted))}")
            if axis not in axes:
                help_ = did_you_mean(axis, axes) or "the spec has no matrix"
                found.append(_unknown(f"no axis is called '{axis}'", origin, help_))
                continue
            known = {spelled(value) for value in axes[axis]}
            if spec.matrix is not None:
                known |= {spelled(cell[axis]) for cell in spec.matrix.add if axis in cell}
            found += [
                _unknown(f"axis '{axis}' has no value '{value}'", origin, did_you_mean(value, known))
                for value in sorted(wanted - known)
            ]
        for shot in sorted(self.shots - spec.shots.keys()):
            help_ = did_you_mean(shot, spec.shots)
            found.append(_unknown(f"no shot is called '{shot}'", Origin(f"--shot {shot}"), help_))
        return found


def _unknown(message: str, origin: Origin, help_: str) -> Diagnostic:
    return Diagnostic(code="KS113", message=message, origin=origin, help=help_)
