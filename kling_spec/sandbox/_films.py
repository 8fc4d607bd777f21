"""Which videos may go in: how long, how large, in which shape, at which rate."""

from collections.abc import Iterator
from dataclasses import dataclass

from kling_spec.sandbox._frame import Footage
from kling_spec.sandbox._known import Known
from kling_spec.sandbox._links import KLING_FILMS, link_faults
from kling_spec.sandbox._pictures import is_url
from kling_spec.sandbox._shape import Fault

_SLACK = 0.05
"""Seconds by which a clip of whole seconds may come out longer, for its sound or a last frame."""
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmLimit:
    """What a provider documents of an input video."""

    longest: float
    """Seconds, inclusive."""
    shortest: float = 3
    sides: tuple[int, int]
    """Pixels of the shorter and of the longer side."""
    area: int | None = None
    ratios: tuple[float, float] | None = None
    """Width over height."""
    rates: tuple[float, float] = (24, 60)
    megabytes: int = 200


def film_faults(field: str, film: Footage | None, limit: FilmLimit) -> Iterator[Fault]:
    """Yield what is wrong with a video that can be measured; None is one that cannot."""
    if film is None:
        return
    if not limit.shortest - _SLACK <= film.seconds <= limit.longest + _SLACK:
        yield Fault(field, f"lasts {film.seconds:g} s, {limit.shortest:g} to {limit.longest:g} s are read")
    short, long = sorted((film.width, film.height))
    if short < limit.sides[0] or long > limit.sides[1]:
        low, high = limit.sides
        yield Fault(field, f"is {film.width}x{film.height}, its sides must be {low} to {high} px")
    if limit.area is not None and short * long > limit.area:
        yield Fault(field, f"is {film.width}x{film.height}, more than {limit.area} pixels")
    if limit.ratios and not limit.ratios[0] <= film.width / film.height <= limit.ratios[1]:
        low_ratio, high_ratio = limit.ratios
        yield Fault(field, f"is {film.width}x{film.height}, outside of {low_ratio:g} to {high_ratio:g}")
    if film.rate is not None and not limit.rates[0] - 0.5 <= film.rate <= limit.rates[1] + 0.5:
        yield Fault(field, f"runs at {film.rate:g} frames a second, 24 to 60 are read")
    if film.size is not None and film.size > limit.megabytes * _MEGABYTE:
        yield Fault(field, f"is larger than {limit.megabytes} MB")


def kling_film_faults(field: str, value: str, known: Known, limit: FilmLimit) -> Iterator[Fault]:
    """Yield what is wrong with a video that Kling is sent, which is always an address."""
    if not is_url(value):
        yield Fault(field, "must be a URL")
        return
    yield from link_faults(field, value, known, endings=KLING_FILMS)
    film = known.footage(value)
    if film is None and known.holds(value):
        yield Fault(field, "holds no video that can be read")
    yield from film_faults(field, film, limit)
