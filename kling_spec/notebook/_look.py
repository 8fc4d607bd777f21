"""One shot of one variant as it would be asked for: its words, what changed in them, and the cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kling_spec.diagnostics import SpecError
from kling_spec.notebook._html import block, line, marks, verbatim, words
from kling_spec.notebook._view import View
from kling_spec.plan import Plan, Row, Sort, Stretch, asked, bill_words, marked, money, word_diff
from kling_spec.session import Session
from kling_spec.source import spelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One text of a task, or what else it asks for, against what the written spec says."""

    name: str
    words: tuple[Stretch, ...]

    @property
    def is_changed(self) -> bool:
        """Whether the written spec says something else."""
        return any(stretch.sort is not Sort.SAME for stretch in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One task: what it asks, and what it would cost if it were made anew."""

    task: str
    texts: tuple[Spoken, ...]
    cost: str
    basis: str


@dataclass(frozen=True, repr=False, kw_only=True)
class Look(View):
    """A shot in a variant, as the values make it."""

    title: str
    parts: tuple[Part, ...] = ()
    plan: str = ""
    """What a run of the whole spec would cost now."""
    written: str = ""
    """What a run would cost of the spec as it is written, where that is not the same."""
    settings: tuple[str, ...] = ()
    """The values that differ from the written ones."""
    problem: str = ""
    """What is wrong, drawn; then there is nothing else."""

    def text(self) -> str:
        """Return it as plain text."""
        lines = [self.title, *self.settings]
        for part in self.parts:
            lines += ["", f"{part.task}: {part.cost} ({part.basis})"]
            lines += [f"  {text.name}: {_marked(text.words)}" for text in part.texts]
        return "\n".join([*lines, "", self.problem or self._costs()])

    def html(self) -> str:
        """Return it as HTML."""
        return block(self.body())

    def body(self) -> str:
        """Return it as HTML, to stand among others."""
        rows = [line(words(self.title, "dim"))]
        rows += [line(words(setting, "bold")) for setting in self.settings]
        for part in self.parts:
            rows.append(
                line(words(part.task, "bold"), words(part.cost, "bold"), words(f"= {part.basis}", "dim"))
            )
            rows += [line(words(f"{text.name}:", "dim"), marks(text.words)) for text in part.texts]
        costs = verbatim(self.problem) if self.problem else line(words(self._costs(), "bold"))
        return "".join([*rows, costs])

    def _costs(self) -> str:
        before = f", where the written spec would cost {self.written}" if self.written else ""
        return f"A run of the whole plan would cost {self.plan}{before}."


class Looker:
    """Looks at a spec with other values; what was worked out before is remembered."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._plans: dict[str, tuple[Plan, dict[tuple[str, str], list[Row]]]] = {}
        self._written, self._rows = self._planned({})

    def look(self, shot: str, point: Mapping[str, Any], changed: Mapping[str, Any]) -> Look:
        """Return the shot in the variant at that point of the matrix, with those variables changed."""
        where = " · ".join([f"shot {shot}", *(f"{axis} {value}" for axis, value in point.items())])
        settings = tuple(
            _setting(name, value, self.session.spec.vars[name]) for name, value in changed.items()
        )
        try:
            plan, rows = self._planned(changed)
        except SpecError as error:
            return Look(title=where, settings=settings, problem=str(error))
        key = repr(dict(point)), shot
        if key not in rows:
            return Look(title=where, settings=settings, problem=_missing(shot, key[0], rows))
        before = {row.task: row for row in self._rows.get(key, ())}
        now = bill_words(plan.bill)
        written = bill_words(self._written.bill)
        return Look(
            title=where,
            settings=settings,
            parts=tuple(_part(row, before.get(row.task)) for row in rows[key]),
            plan=now,
            written=written if written != now else "",
        )

    def _planned(self, changed: Mapping[str, Any]) -> tuple[Plan, dict[tuple[str, str], list[Row]]]:
        key = repr(changed)
        if key not in self._plans:
            session = self.session
            if changed:
                session = session.revised(
                    session.revision({("vars", name): changed[name] for name in changed})
                )
            plan = session.plan()
            rows: dict[tuple[str, str], list[Row]] = {}
            for row in plan.rows:
                task = row.lowered.task
                if task.take == 1 or "+" in task.id:
                    rows.setdefault((repr(dict(task.variant.values)), task.shot), []).append(row)
            if len(self._plans) > _REMEMBERED:
                self._plans.clear()
            self._plans[key] = plan, rows
        return self._plans[key]


_REMEMBERED = 8


def _missing(shot: str, point: str, rows: Mapping[tuple[str, str], Any]) -> str:
    if any(variant == point for variant, _ in rows):
        return f"'when' leaves shot '{shot}' out of this variant"
    return "the matrix has no such variant: 'exclude' drops it"


def _part(row: Row, before: Row | None) -> Part:
    cost = row.lowered.pattern.cost
    old = dict(_texts(before)) if before is not None else {}
    new = dict(_texts(row))
    texts = (
        Spoken(name=name, words=word_diff(old.get(name, "" if before is not None else text), text))
        for name, text in ((name, new.get(name, "")) for name in {**new, **old})
    )
    return Part(task=row.task, texts=tuple(texts), cost=money(cost), basis=cost.basis)


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    """Yield what a task says and asks, by a name for each."""
    task = row.lowered.task
    ask = task.ask
    if ask.prompt:
        yield "prompt", ask.prompt.spoken(task.words)
    for number, beat in enumerate(ask.storyboard, 1):
        yield f"storyboard {number}, {beat.duration} s", beat.prompt.spoken(task.words)
    if ask.negative_prompt:
        yield "not", ask.negative_prompt.spoken(task.words)
    yield "asks for", asked(row)


def _marked(stretches: tuple[Stretch, ...]) -> str:
    return "".join("".join(marked(stretch)) for stretch in stretches).strip()


def _setting(name: str, value: Any, before: Any) -> str:
    return f"{name}: {_shown(value)} (written: {_shown(before)})"


def _shown(value: Any) -> str:
    return "nothing" if value is None else spelled(value)
