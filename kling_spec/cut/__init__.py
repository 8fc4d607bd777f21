"""From a film as data to a finished file: the plan in frames, sound, picture, the report."""

from kling_spec.cut._joins import look_at_joins
from kling_spec.cut._material import FileOf, Material, Stock, gather
from kling_spec.cut._method import Method, method_of
from kling_spec.cut._proof import Proof, Stretch, Sync
from kling_spec.cut._provenance import Generated, Provenance
from kling_spec.cut._render import STORE_LIMIT, render
from kling_spec.cut._report import CutReport, EntryReport, SegmentReport
from kling_spec.cut._timeline import lay_out

__all__ = [
    "STORE_LIMIT",
    "CutReport",
    "EntryReport",
    "FileOf",
    "Generated",
    "Material",
    "Method",
    "Proof",
    "Provenance",
    "SegmentReport",
    "Stock",
    "Stretch",
    "Sync",
    "gather",
    "lay_out",
    "look_at_joins",
    "method_of",
    "render",
]
