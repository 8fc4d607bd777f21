"""Files that other people name, opened once and with care; and files of our own, written whole."""

from kling_spec.files._opened import UnfitFile, opened
from kling_spec.files._whole import whole, write_whole

__all__ = ["UnfitFile", "opened", "whole", "write_whole"]
