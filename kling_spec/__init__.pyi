from typing import Any

from kling_spec.diagnostics import SpecError as SpecError
from kling_spec.notebook import load as load

__all__ = ["SpecError", "__version__", "load"]

__version__: str

def load_ipython_extension(shell: Any) -> None: ...
