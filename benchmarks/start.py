"""How quickly commands start, against a bare interpreter."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Result, cpu_of_process, side_by_side

_BARE = [sys.executable, "-I", "-c", "pass"]
_OURS = [sys.executable, "-c", "from kling_spec.cli import main; raise SystemExit(main())"]
_LIBRARIES = """
import _ruamel_yaml
from pydantic import BaseModel
class Spec(BaseModel):
    name: str
Spec.model_validate({"name": "fox"})
"""
_SPEC = "kling_spec: 1\nshots:\n  fox: A red fox sprints across a windswept snowy ridge at golden hour\n"


def results(rounds: int) -> Iterator[Result]:
    """Yield the start-up claims."""
    with TemporaryDirectory() as folder:
        spec = Path(folder) / "fox.yaml"
        spec.write_text(_SPEC)
        yield _against_bare("kling-spec --help / bare interpreter", [*_OURS, "--help"], 5, rounds)
        yield _against_bare(
            "import kling_spec / bare interpreter", [sys.executable, "-c", "import kling_spec"], 2.5, rounds
        )
        yield _against_bare(
            "kling-spec check, cold / bare interpreter", [*_OURS, "check", str(spec)], 16, rounds
        )
        libraries = [sys.executable, "-c", _LIBRARIES]
        command = [*_OURS, "check", str(spec)]
        ratio, ours, theirs = side_by_side(
            lambda: cpu_of_process(command), lambda: cpu_of_process(libraries), rounds
        )
        detail = f"{ours * 1e3:.0f} ms / {theirs * 1e3:.0f} ms CPU"
        yield Result(
            claim="check, cold / importing ruamel's composer and pydantic", value=ratio, bar=2, detail=detail
        )


def _against_bare(claim: str, command: list[str], bar: float, rounds: int) -> Result:
    ratio, ours, bare = side_by_side(lambda: cpu_of_process(command), lambda: cpu_of_process(_BARE), rounds)
    return Result(claim=claim, value=ratio, bar=bar, detail=f"{ours * 1e3:.0f} ms / {bare * 1e3:.0f} ms CPU")
