"""Files that other people name: opened once, with care, by everybody who reads one."""

from kling_spec.files._opened import UnfitFile, opened

__all__ = ["UnfitFile", "opened"]
