"""Rich displays, the live board and the `%%kling` magic; the only user of IPython and ipywidgets."""

from kling_spec.notebook._launch import Launch, load
from kling_spec.notebook._magic import register

__all__ = ["Launch", "load", "register"]
