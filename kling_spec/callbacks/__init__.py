"""Hears what providers send by themselves: on loopback, one secret path a submit, a hint and no more."""

from kling_spec.callbacks._receiver import Receiver

__all__ = ["Receiver"]
