"""From an edit to the film that follows it: order, trims, transitions and gaps change, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kling_spec.cut import Stock
from kling_spec.diagnostics import Diagnostic, Origin
from kling_spec.exchange._edit import Crossing, Edit, Stretch
from kling_spec.exchange._laid import Laid
from kling_spec.exchange._shelf import file_names
from kling_spec.ir import AssetEntry, Clip, Entry, Film, Gap, GapEntry, ShotEntry, Transition
from kling_spec.media import ClipFacts

_MICRO = Decimal("0.000001")
_MOST_GAP = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A film that follows an edit."""

    film: Film | None
    """None where the edit cannot be followed."""
    origins: tuple[int | None, ...] = ()
    """From which entry of the film before each entry comes; None for a new gap."""
    found: tuple[Diagnostic, ...] = ()


def follow(laid: Laid, edit: Edit) -> Followed:
    """Return the laid out film as the edit wants it, or everything for which it cannot.

    Media are known by the digest in our metadata, else by file name; nothing that the edit names is
    opened. What no edit says (captions, overlays, levels, fit) stays with the entry that it belongs to.
    """
    follower = _Follower(laid, edit)
    entries = [*follower.entries()]
    found = (*edit.found, *follower.found)
    if not entries and not found:
        message = "the edit shows nothing"
        found = (Diagnostic(code="KS722", message=message, origin=Origin(edit.file)),)
    if any(finding.is_error for finding in found):
        return Followed(film=None, found=found)
    film = replace(laid.film, entries=tuple(entry for entry, _ in entries))
    return Followed(film=film, origins=tuple(number for _, number in entries), found=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frames:
    """A stretch on the film's grid, with what its transitions show of it."""

    stretch: Stretch
    first: int
    frames: int
    crossing: Crossing | None = None
    entrance: int = 0
    """Frames of the crossing."""


class _Follower:
    """Makes the entries of one edit."""

    def __init__(self, laid: Laid, edit: Edit) -> None:
        self.found: list[Diagnostic] = []
        self._laid = laid
        self._edit = edit
        self._rate = laid.timeline.canvas.rate
        self._known = _known(laid.stock)
        self._used: set[int] = set()
        self._origin = Origin(edit.file)

    def entries(self) -> Iterator[tuple[Entry, int | None]]:
        """Yield each entry with the number of the one that it comes from."""
        before: int | None = None
        for place, frames in enumerate(self._on_the_grid()):
            made = self._gap(frames) if frames.stretch.is_gap else self._shown(frames)
            if made is None:
                continue
            entry, number = made
            entry = self._entered(entry, number, frames, is_first=place == 0)
            if isinstance(entry, ShotEntry):
                goes_on = number is not None and before == number - 1
                entry = replace(
                    entry,
                    is_continued=entry.is_continued and goes_on,
                    opens_on_last_frame=entry.opens_on_last_frame and goes_on,
                )
            if number is not None and number in self._used and not isinstance(entry, GapEntry):
                entry = replace(entry, layers=())  # the second half of a clip that was cut in two
            if number is not None:
                self._used.add(number)
            before = number
            yield entry, number

    # -- frames --

    def _on_the_grid(self) -> list[_Frames]:
        stretches = [*self._edit.stretches]
        if not stretches:
            return []
        leaving = [*(stretch.crossing for stretch in stretches[1:]), self._edit.leaving]
        found = []
        if stretches[0].crossing is not None:
            found.append(self._black(stretches[0].crossing.behind))
        for stretch, out in zip(stretches, leaving, strict=True):
            (head, behind), (_, tail) = self._halves(stretch.crossing), self._halves(out)
            first = round((stretch.start or Fraction(0)) * self._rate / Fraction(stretch.speed)) - head
            frames = self._frame(stretch.end) - self._frame(stretch.begin) + head + tail
            made = _Frames(stretch=stretch, first=first, frames=frames, crossing=stretch.crossing)
            if frames > 0:
                found.append(replace(made, entrance=head + behind))
        if (out := self._edit.leaving) is not None:
            found.append(replace(self._black(out.before), crossing=out, entrance=sum(self._halves(out))))
        return found

    def _halves(self, crossing: Crossing | None) -> tuple[int, int]:
        """Return the frames of a transition before and behind its cut."""
        if crossing is None:
            return 0, 0
        return self._frame(crossing.before), self._frame(crossing.behind)

    def _frame(self, seconds: Fraction) -> int:
        return round(seconds * self._rate)

    def _black(self, seconds: Fraction) -> _Frames:
        """Return the gap out of which a film fades in, or into which it fades out."""
        stretch = Stretch(where="the fade at the edge of the film", begin=Fraction(0), end=seconds)
        return _Frames(stretch=stretch, first=0, frames=self._frame(seconds))

    def _exact(self, frames: int, speed: Decimal = Decimal(1)) -> Decimal:
        """Return so many frames of the film in seconds of a clip that plays so fast."""
        seconds = Fraction(frames) * Fraction(speed) / self._rate
        written = (Decimal(seconds.numerator) / Decimal(seconds.denominator)).quantize(_MICRO)
        return written.normalize() if written % 1 else written.quantize(Decimal(1))

    # -- entries --

    def _gap(self, frames: _Frames) -> tuple[GapEntry, int | None]:
        number = self._old_gap(frames)
        old = self._laid.film.entries[number] if number is not None else None
        if frames.frames > _MOST_GAP * self._rate:
            self._refuse(frames.stretch, f"is a gap of more than {_MOST_GAP} s")
        color = frames.stretch.color or (old.color if isinstance(old, GapEntry) else "#000000")
        seconds = self._exact(frames.frames)
        if isinstance(old, GapEntry):
            if self._laid.timeline.picture[number or 0].frames == frames.frames:
                seconds = old.seconds
            return replace(old, seconds=seconds, color=color, origin=self._origin), number
        return GapEntry(seconds=seconds, color=color, origin=self._origin), None

    def _old_gap(self, frames: _Frames) -> int | None:
        """Return the gap of the film that this one is: as its metadata say, else the next one of its length."""
        numbered = [*enumerate(self._laid.timeline.picture)]
        gaps = [number for number, item in numbered if isinstance(item, Gap) and number not in self._used]
        if frames.stretch.entry in gaps:
            return frames.stretch.entry
        equal = (number for number in gaps if self._laid.timeline.picture[number].frames == frames.frames)
        return next(equal, None)

    def _shown(self, frames: _Frames) -> tuple[Entry, int] | None:
        stretch = frames.stretch
        number = self._old(stretch)
        if number is None:
            name = f" ('{stretch.file}')" if stretch.file else ""
            message = f"{stretch.where} shows a file that is none of the film's{name}"
            help_ = "put only clips of this cut on the track; add others to the spec first"
            self.found.append(Diagnostic(code="KS721", message=message, origin=self._origin, help=help_))
            return None
        entry, item = self._laid.film.entries[number], self._laid.timeline.picture[number]
        if isinstance(entry, GapEntry) or not isinstance(item, Clip):
            raise TypeError("only clips are found by their material")
        facts = self._laid.material(item).facts
        if not isinstance(facts, ClipFacts):
            seconds = self._exact(frames.frames)
            if isinstance(entry, AssetEntry) and item.frames != frames.frames:
                entry = replace(entry, seconds=seconds)
            return replace(entry, origin=self._origin), number
        if lack := self._lack(frames, facts):
            help_ = "make the transition shorter, or trim the clip so that it has frames left for it"
            self._refuse(stretch, lack, "KS703", help_)
            return None
        is_same = (frames.first, frames.frames, stretch.speed) == (item.first, item.frames, entry.speed)
        if is_same and not entry.is_join_trimmed:
            return replace(entry, origin=self._origin), number
        start = self._exact(frames.first, stretch.speed)
        end = self._exact(frames.first + frames.frames, stretch.speed)
        entry = replace(
            entry, start=start, end=end, speed=stretch.speed, is_join_trimmed=False, origin=self._origin
        )
        return replace(entry, seconds=None) if isinstance(entry, AssetEntry) else entry, number

    def _lack(self, frames: _Frames, facts: ClipFacts) -> str:
        """Return what its clip lacks for the stretch with its transitions; a frame of rounding is none."""
        there = facts.frames / facts.rate if facts.regular else Fraction(facts.seconds)
        behind = frames.first + frames.frames - there * self._rate / Fraction(frames.stretch.speed)
        if frames.first < 0:
            return f"needs {-frames.first} frames before the beginning of its clip"
        return f"needs {round(behind)} frames behind the end of its clip" if behind > 1 else ""

    def _old(self, stretch: Stretch) -> int | None:
        """Return the entry that shows the same file: the one that it was written from, if it does."""
        source = self._known.get(stretch.sha256, self._known.get(stretch.file.lower()))
        if source is None:
            return None
        picture = self._laid.timeline.picture
        materials = self._laid.stock.materials
        shows = [
            number
            for number, item in enumerate(picture)
            if isinstance(item, Clip) and materials[item.source].sha256 == materials[source].sha256
        ]
        if stretch.entry in shows:
            return stretch.entry
        return next((n for n in shows if n not in self._used), shows[0] if shows else None)

    def _entered(self, entry: Entry, number: int | None, frames: _Frames, *, is_first: bool) -> Entry:
        """Return the entry with the transition that the edit gives it."""
        crossing = frames.crossing
        if crossing is None or not frames.entrance or is_first:
            return replace(entry, transition=None)
        old = self._laid.timeline.picture[number].entrance if number is not None else None
        if old is not None and (old.kind, old.frames) == (crossing.kind, frames.entrance):
            return entry
        seconds = self._exact(frames.entrance)
        return replace(entry, transition=Transition(kind=crossing.kind, seconds=seconds))

    def _refuse(self, stretch: Stretch, words: str, code: str = "KS722", help_: str = "") -> None:
        message = f"{stretch.where} {words}"
        self.found.append(Diagnostic(code=code, message=message, origin=self._origin, help=help_))


def _known(stock: Stock) -> dict[str, int]:
    """Return where each material stands, by its digest and by every file name that it may have."""
    known: dict[str, int] = {}
    named = zip(stock.materials, file_names(stock.materials), strict=True)
    for place, (material, name) in enumerate(named):
        for word in (name.lower(), material.sha256, material.path.name.lower()):
            known.setdefault(word, place)
    return known
