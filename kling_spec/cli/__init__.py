"""The command line: one file a group of commands, thin over session."""

from kling_spec.cli._main import main

__all__ = ["main"]
