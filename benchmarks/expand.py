"""How quickly, and in how much memory, a matrix of 100,000 variants is compiled with everything checked."""

import json
from collections import deque
from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks._measure import Result, cpu_of, peak_of_process, side_by_side
from kling_spec.session import Session

_CITIES = [f"city {n}" for n in range(100)]
_MOODS = [f"mood {n}" for n in range(100)]
_LENSES = [f"{n} mm" for n in range(20, 30)]
_PROMPT = "A slow push-in through {city} at dusk, {mood}, shot on {lens}, film grain, rain on the windows"


def spec_of(cities: int) -> str:
    """Return a spec of `cities` x 1,000 variants, every axis in the prompt."""
    prompt = _PROMPT.replace("{", "{{ ").replace("}", " }}")
    axes = {"city": _CITIES[:cities], "mood": _MOODS, "lens": _LENSES}
    return (
        f"kling_spec: 1\nmatrix: {json.dumps(axes)}\ndefaults: {{duration: 5, sound: true}}\n"
        f"shots:\n  drive: {json.dumps(prompt)}\n"
    )


def bare_loop() -> None:
    """Format, dump and hash: the least that the same work costs."""
    for city, mood, lens in product(_CITIES, _MOODS, _LENSES):
        body = {
            "model_name": "kling-v3-omni",
            "external_task_id": "",
            "prompt": _PROMPT.format(city=city, mood=mood, lens=lens),
            "mode": "pro",
            "aspect_ratio": "16:9",
            "duration": "5",
            "sound": "on",
        }
        sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


_COMPILE = (
    "from collections import deque\nfrom kling_spec.session import Session\n"
    "deque(Session({!r}).compile(), maxlen=0)"
)
_IMPORTS = (
    "from kling_spec.session import Session\nfrom kling_spec.plan import LineWriter\nSession({!r}).check()"
)


def results(rounds: int) -> Iterator[Result]:
    """Yield the compiling claims."""
    with TemporaryDirectory() as folder:
        files = {}
        for cities in (0.001, 10, 100):
            files[cities] = Path(folder) / f"{cities}.yaml"
            files[cities].write_text(spec_of(max(1, int(cities))) if cities >= 1 else _small())
        session = Session(files[100])

        def ours() -> float:
            return cpu_of(lambda: deque(session.compile(), maxlen=0))

        ratio, seconds, bare = side_by_side(ours, lambda: cpu_of(bare_loop), min(rounds, 5))
        detail = f"{seconds:.2f} s / {bare:.2f} s CPU"
        yield Result(
            claim="100,000 tasks compiled / format + dumps + hash", value=ratio, bar=3, detail=detail
        )

        before = peak_of_process(_IMPORTS.format(str(files[0.001])))
        few, many = (peak_of_process(_COMPILE.format(str(files[cities]))) for cities in (10, 100))
        detail = f"{many:.0f} MiB, {before:.0f} of them before the first task"
        yield Result(
            claim="peak memory above the imports", value=many - before, bar=64, unit="MiB", detail=detail
        )
        yield Result(claim="peak at 100,000 tasks less that at 10,000", value=many - few, bar=4, unit="MiB")


def _small() -> str:
    return "kling_spec: 1\nshots:\n  drive: A street\n"
