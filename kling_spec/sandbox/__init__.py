"""The stand-in for every provider: a real HTTP server on loopback that checks, charges and renders."""

from kling_spec.sandbox._book import Book, Charge, Notice
from kling_spec.sandbox._error import SandboxError
from kling_spec.sandbox._mishap import fault_list
from kling_spec.sandbox._sandbox import Sandbox

__all__ = ["Book", "Charge", "Notice", "Sandbox", "SandboxError", "fault_list"]
