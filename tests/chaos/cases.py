"""Which cases there are: what a seed settles, and how many seeds are tried."""

import os
import random
from collections.abc import Iterator, Mapping

from points import HOOKS, POINTS
from stage import BREEZE, TROUBLE, Case
from wires import PROVIDERS

SEEDS = int(os.environ.get("CHAOS_SEEDS", "20"))
"""Seeds for each point; `make chaos` asks for 200."""
_UNHEARD = ("hangup-taken", "cut", "error-taken", "html-taken")
"""What was taken, and nobody was told: only a callback names the job, where there is no look-up."""
_CUTS = 7
"""One of so many runs makes its film as well, which takes longer than all the rest of it."""
_TIMES = {
    "amid a look": 6,
    "amid a download": 6,
    "amid the cut": 1,
    "before the film is renamed": 1,
    "callback acknowledged and not heeded": 1,
}
"""How often a point is come to in a run at least; three times, once for each shot, where nothing is said."""


def killed(point: str, seed: int, mutant: str = "") -> Case:
    """Return a run that is killed at the point; on every second seed the weather is bad as well."""
    dice = random.Random(f"{point}/{seed}")
    return Case(
        provider=PROVIDERS[seed % len(PROVIDERS)],
        seed=POINTS.index(point) * 100_000 + seed,
        point=point,
        nth=dice.randint(1, _TIMES.get(point, 3)),
        odds=_weather(point, dice),
        only=_UNHEARD if point in HOOKS else (),
        mutant=mutant,
        cuts=(seed + POINTS.index(point)) % _CUTS == 0
        or point in ("amid the cut", "before the film is renamed"),
        hears=point in HOOKS,
        bombs_receiver=point == HOOKS[0] or (point == HOOKS[1] and seed % 2 == 0),
    )


def _weather(point: str, dice: random.Random) -> Mapping[str, float]:
    is_bad = dice.random() < 0.5
    if point in HOOKS:
        return {"submit": 0.5}
    return BREEZE if is_bad else {}


def killed_anywhere(point: str) -> list[Case]:
    """Return the cases of one point."""
    return [killed(point, seed) for seed in range(SEEDS)]


def storm(provider: str, seed: int, mutant: str = "") -> Case:
    """Return a run of whose calls about every second goes wrong, or of whose paid requests alone."""
    is_all = seed % 2 > 0
    return Case(
        provider=provider,
        seed=2_000_000 + seed,
        odds=TROUBLE if is_all else {"submit": 0.5},
        only=() if is_all else ("hangup-taken", "hangup-untaken", "cut", "error-taken"),
        cuts=seed % _CUTS == 0,
        mutant=mutant,
    )


def storms(provider: str) -> list[Case]:
    """Return the storms at one provider."""
    return [storm(provider, seed) for seed in range(max(SEEDS * 3 // 5, 1))]


def mixed(mutant: str) -> Iterator[Case]:
    """Return fifty cases of all kinds, in an order that meets every point and every provider early."""
    for seed in range(50):
        if mutant == "checks the budget once and acts later":
            yield limited(seed, mutant)
        elif seed % 2:
            yield storm(PROVIDERS[seed % 5], seed // 2, mutant)
        else:
            yield killed(POINTS[(seed * 5) % len(POINTS)], seed, mutant)


def limited(seed: int, mutant: str = "") -> Case:
    """Return a run that may spend on one shot or two of the three."""
    return Case(
        provider=PROVIDERS[seed % 5],
        seed=4_000_000 + seed,
        odds={"submit": 0.5} if seed % 2 else {},
        limit=("0.45", "0.75")[seed // 5 % 2],
        mutant=mutant,
        cuts=False,
    )
