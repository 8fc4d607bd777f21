"""What a person may write: closed and frozen models of the spec language, version 1."""

from kling_spec.spec._assets import Asset, ElementPictures
from kling_spec.spec._base import TEMPLATE, Part
from kling_spec.spec._check import check, render_check, spec_schema
from kling_spec.spec._cuts import Audio, Captions, Cut, EntryKeys, Format, TransitionSpec
from kling_spec.spec._layers import Layer
from kling_spec.spec._matrix import Axis, Matrix, Patch
from kling_spec.spec._reference import reference
from kling_spec.spec._shots import Extension, LastFrameOf, ShotKeys, StoryboardShot
from kling_spec.spec._spec import LANGUAGE_VERSIONS, Budget, Spec
from kling_spec.spec._suggest import suggest

__all__ = [
    "LANGUAGE_VERSIONS",
    "TEMPLATE",
    "Asset",
    "Audio",
    "Axis",
    "Budget",
    "Captions",
    "Cut",
    "ElementPictures",
    "EntryKeys",
    "Extension",
    "Format",
    "LastFrameOf",
    "Layer",
    "Matrix",
    "Part",
    "Patch",
    "ShotKeys",
    "Spec",
    "StoryboardShot",
    "TransitionSpec",
    "check",
    "reference",
    "render_check",
    "spec_schema",
    "suggest",
]
