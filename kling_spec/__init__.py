"""The compiler for generative video: one YAML spec, exact payloads, the cost first, finished films.

`load` reads a spec; what it returns has the verbs. `SpecError` is what a wrong spec raises, and
`__version__` names the release. Nothing heavy is imported until it is used.
"""

from typing import Any

__all__ = ["SpecError", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for."""
    if name == "load":
        from kling_spec.notebook import load

        return load
    if name == "SpecError":
        from kling_spec.diagnostics import SpecError

        return SpecError
    if name == "__version__":
        from importlib.metadata import version

        return version("kling-spec")
    raise AttributeError(f"module 'kling_spec' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """Add `%%kling` to a notebook: `%load_ext kling_spec`."""
    from kling_spec.notebook import register

    register(shell)
