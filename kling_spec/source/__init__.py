"""YAML text to plain values with an origin each; the only user of ruamel.yaml."""

from kling_spec.source._characters import unfit
from kling_spec.source._document import Document, Path
from kling_spec.source._edit import EditRefused, edited, nested
from kling_spec.source._merge import merged
from kling_spec.source._parse import parse
from kling_spec.source._values import scalar, spelled

__all__ = [
    "Document",
    "EditRefused",
    "Path",
    "edited",
    "merged",
    "nested",
    "parse",
    "scalar",
    "spelled",
    "unfit",
]
