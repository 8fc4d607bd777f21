"""What is small to send and large to work out is refused before it costs more than a moment."""

import subprocess
import sys
from pathlib import Path

import pytest
from bombs import FILES, NAMES, SPECS, TEMPLATES, YAML
from jinja2 import UndefinedError
from stranger_specs import codes, found, times_ordinary

from kling_spec.compile._engine import Engine
from kling_spec.compile._problem import TemplateProblem
from kling_spec.source import parse

_MOST = 60
"""Times the reading of an ordinary spec of 3,000 lines, which takes some 15 ms; a bomb that goes off takes minutes."""
_MOST_MIB = 100


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_would_grow_is_refused_in_a_moment(name: str) -> None:
    """T-D8: by its tree or by its purse, and never by waiting for the end."""
    source = TEMPLATES[name]

    def work() -> str | None:
        engine = Engine(FILES.get)
        try:
            _, is_expression = engine.parse(source)
            return str((engine.value if is_expression else engine.text)(source, NAMES))
        except (TemplateProblem, RecursionError, UndefinedError):
            return None

    result = work()
    assert result == "1" * 1800 if name == "many expressions" else result is None  # long, but allowed
    assert times_ordinary(work) < _MOST


@pytest.mark.parametrize("name", [name for name in YAML if name != "many keys"])
def test_yaml_that_would_grow_is_refused_in_a_moment(name: str) -> None:
    """T-D3: size, depth, number and aliases are measured before anything is built."""
    text = "kling_spec: 1\n" * (not YAML[name].startswith(("-", "%", "?", "#"))) + YAML[name]

    _, findings = parse(text, "spec.yaml")

    assert findings
    assert {one.code for one in findings} <= {"KS100", "KS101", "KS102", "KS103", "KS104", "KS105", "KS115"}
    assert times_ordinary(lambda: parse(text, "spec.yaml")) < _MOST


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_that_would_grow_is_counted_and_refused(name: str) -> None:
    """T-E2, T-D8: nothing is expanded only to find out how much it is."""
    assert codes(SPECS[name]) & {"KS303", "KS316", "KS320"}
    assert times_ordinary(lambda: found(SPECS[name])) < _MOST


def test_there_are_many_bombs() -> None:
    assert len(TEMPLATES) + len(YAML) + len(SPECS) >= 80


def test_all_bombs_together_need_little_memory(tmp_path: Path) -> None:
    """T-D3, T-D8: what a process holds at the most, above what it holds once it has read one small spec."""
    here = Path(__file__).parent
    code = f"""
import resource, sys
sys.path.insert(0, {str(here)!r})
from bombs import FILES, NAMES, SPECS, TEMPLATES, YAML
from stranger_specs import found, prompt_of
from kling_spec.compile._engine import Engine
from kling_spec.source import parse
found(prompt_of("{{{{ 1 + 1 }}}}"))
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
for source in TEMPLATES.values():
    engine = Engine(FILES.get)
    try:
        engine.parse(source)
        engine.text(source, NAMES)
    except Exception:
        pass
for text in YAML.values():
    parse(text, "x")
for text in SPECS.values():
    found(text)
print(peak() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert int(done.stdout) < _MOST_MIB
