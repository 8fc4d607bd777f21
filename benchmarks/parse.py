"""How quickly a spec is parsed with the position of every value."""

from collections.abc import Iterator
from statistics import median

from ruamel.yaml import YAML

from benchmarks._measure import Result, cpu_of, side_by_side
from kling_spec.source import parse

_SHOT = """\
  shot_{n}:            # take {n}
    prompt: >-
      {{{{ bottle }}}} on a wet street at dusk, {{{{ mood }}}}, slow push-in, number {n}
    duration: {seconds}
    resolution: 1080p
    provider_options: {{runware: {{outputQuality: 90, ttl: 86400}}}}
    references: [bottle, host]
"""


def spec_of(lines: int) -> str:
    """Return a spec of about so many lines: comments, folded prompts, flow mappings."""
    head = "kling_spec: 1\nvars: {mood: golden hour}\nshots:\n"
    return head + "".join(_SHOT.format(n=n, seconds=3 + n % 12) for n in range(lines // 7))


def results(rounds: int) -> Iterator[Result]:
    """Yield the parsing claims."""
    text = spec_of(1_000)
    parse(text, "spec.yaml")
    seconds = median(cpu_of(lambda: parse(text, "spec.yaml")) for _ in range(rounds * 3))
    yield Result(
        claim="1,000 lines parsed, every value with its place", value=seconds * 1e3, bar=15, unit="ms"
    )

    def round_trip() -> float:
        return cpu_of(lambda: YAML(typ="rt").load(text))

    ratio, slow, ours = side_by_side(
        round_trip, lambda: cpu_of(lambda: parse(text, "spec.yaml")), min(rounds, 5)
    )
    detail = f"round trip {slow * 1e3:.0f} ms / {ours * 1e3:.0f} ms, {ratio:.1f} times as quick"
    yield Result(claim="the same / ruamel's round-trip loader", value=1 / ratio, bar=0.12, detail=detail)

    document, _ = parse(text, "spec.yaml")
    if document is None:
        raise RuntimeError("the benchmark's own spec is wrong")
    look_ups = 2_000
    path = ("shots", "shot_70", "provider_options", "runware", "ttl")
    each = cpu_of(lambda: [document.locate(path) for _ in range(look_ups)]) / look_ups
    yield Result(claim="the place of one value looked up", value=each * 1e6, bar=60, unit="us")
