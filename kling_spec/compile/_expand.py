"""Shots and variants to tasks, one variant after the other; what variants share is worked out once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kling_spec.compile._context import Context, Path, Shot, is_template
from kling_spec.compile._matrix import Cell
from kling_spec.compile._render import Renderer, RenderError, has_template, in_cell, reads_of, split
from kling_spec.compile._scope import Scope, key_of
from kling_spec.compile._shape import (
    ASPECT_RATIO,
    AskMaker,
    Generation,
    Prompt,
    Shape,
    Upstream,
    duration_of,
    part_id,
    prompts_of,
)
from kling_spec.compile.rules.cycles import waits_for
from kling_spec.compile.rules.placeholders import PLACEHOLDER
from kling_spec.compile.rules.references import names_of
from kling_spec.diagnostics import Diagnostic
from kling_spec.ir import Task, Variant
from kling_spec.spec import LastFrameOf, ShotKeys, render_check

_MOST_REMEMBERED = 2_000

Shapes = dict[str, Shape | None]
"""The shapes of one variant; None where `when` leaves the shot out. A shot that is wrong is missing."""

Rendered = tuple[tuple[str, ...], tuple[str, ...]]
"""The words of a text and the names between them."""


@dataclass(slots=True)
class _Text:
    """A text of a shot, and what it becomes."""

    prompt: Prompt
    reads: tuple[str, ...]
    is_remembered: bool
    """Whether some axis leaves the text alone, so that it pays to remember it."""
    done: dict[Any, Rendered]


@dataclass(slots=True)
class _Plan:
    """What is known of a shot before any variant."""

    shot: Shot
    reads: tuple[str, ...]
    """The names that decide its shape."""
    shapes: dict[Any, tuple[Shape | None, bool]]
    """The shapes by what was read; and whether the shot is sound."""
    texts: list[tuple[_Text, ...]]
    """For the shot itself and for each of its extensions."""


@dataclass(slots=True)
class Expansion:
    """One variant: its tasks in an order in which each follows what it depends on."""

    variant: Variant
    tasks: list[Task]
    shapes: Shapes
    names: Mapping[str, Any]


class Expander:
    """Makes the tasks of one spec; `found` collects what is wrong, each finding once."""

    def __init__(self, context: Context, scope: Scope) -> None:
        self.found: dict[Diagnostic, None] = {}
        self._context = context
        self._scope = scope
        self._render = Renderer(context)
        self._asks = AskMaker(context)
        self._plans: dict[str, _Plan] = {}
        for shot in _in_order(context):
            self._plans[shot.name] = self._plan(shot)

    def expand(self, cell: Cell) -> Expansion:
        """Return the tasks of one variant."""
        variant = cell.variant
        shapes: Shapes = {}
        tasks: list[Task] = []
        try:
            names = self._scope.names(cell)
        except RenderError as error:
            self.found[error.diagnostic] = None
            return Expansion(variant, tasks, shapes, {})
        for plan in self._plans.values():
            shape, is_sound = self._shape(plan, names, variant.id, shapes)
            if not is_sound:
                continue
            shapes[plan.shot.name] = shape
            if shape is not None:
                try:
                    tasks.extend(self._tasks(plan, shape, names, variant))
                except RenderError as error:
                    self.found[error.diagnostic] = None
        return Expansion(variant, tasks, shapes, names)

    # -- before any variant --

    def _plan(self, shot: Shot) -> _Plan:
        reads = set(reads_of(self._context, list(_structure(shot.keys).values())))
        if isinstance(shot.keys.when, str):
            reads |= self._context.templates.read_condition(shot.keys.when).reads
        for _, source in waits_for(shot.keys):
            if source in self._plans:
                reads.update(self._plans[source].reads)
            elif is_template(source):
                reads |= self._scope.varying
        texts = [
            tuple(self._text(prompt) for prompt in prompts_of(shot, number))
            for number in range(len(shot.keys.extend) + 1)
        ]
        return _Plan(shot, tuple(sorted(reads & self._scope.varying)), {}, texts)

    def _text(self, prompt: Prompt) -> _Text:
        reads = reads_of(self._context, [prompt.source]) & self._scope.varying
        return _Text(prompt, tuple(sorted(reads)), not self._scope.covers_all_axes(reads), {})

    # -- a shot in one variant --

    def _shape(
        self, plan: _Plan, names: Mapping[str, Any], cell: str, shapes: Shapes
    ) -> tuple[Shape | None, bool]:
        key = key_of(plan.reads, names)
        known = plan.shapes.get(key)
        if known is None:
            if len(plan.shapes) >= _MOST_REMEMBERED:
                plan.shapes.clear()
            known = plan.shapes[key] = self._new_shape(plan, names, cell, shapes)
        return known

    def _new_shape(
        self, plan: _Plan, names: Mapping[str, Any], cell: str, shapes: Shapes
    ) -> tuple[Shape | None, bool]:
        shot = plan.shot
        try:
            when = shot.keys.when
            if when is not None and not self._render.condition(when, shot.path("when"), names, cell):
                return None, True
            keys = self._keys(shot, names, cell)
        except RenderError as error:
            self.found[error.diagnostic] = None
            return None, False
        if keys is None:
            return None, False
        return self._joined(shot, keys, cell, shapes)

    def _keys(self, shot: Shot, names: Mapping[str, Any], cell: str) -> ShotKeys | None:
        """Return the shot's keys with every template but the prompts rendered and checked."""
        structure = _structure(shot.keys)
        if not has_template(structure):
            return shot.keys
        raw = {
            key: self._render.value(value, shot.path(key), names, cell) for key, value in structure.items()
        }
        keys, found = render_check(ShotKeys, raw, self._context.document, ("shots", shot.name))
        if keys is None:
            self.found.update(dict.fromkeys(found))
            return None
        wrong = [*names_of(self._context, ("shots", shot.name), keys), *self._uneven(shot, keys, cell)]
        if wrong:
            self.found.update(dict.fromkeys(wrong))
            return None
        return keys

    def _uneven(self, shot: Shot, keys: ShotKeys, cell: str) -> Iterator[Diagnostic]:
        """Yield a finding where a length that a template made is not that of the storyboard."""
        if not isinstance(keys.storyboard, list) or "duration" not in shot.own or keys.duration is None:
            return
        total = duration_of(keys)
        if total != keys.duration:
            message = f"shot '{shot.name}' lasts {keys.duration} seconds, and its storyboard {total}"
            help_ = "remove 'duration': the storyboard's shots add up to it"
            path = shot.path("duration")
            yield self._context.report("KS310", f"{message}{in_cell(cell)}", path, help=help_)

    def _joined(self, shot: Shot, keys: ShotKeys, cell: str, shapes: Shapes) -> tuple[Shape | None, bool]:
        """Return the shape, tied to the shapes of the shots whose clips it uses."""
        sources: dict[str, Upstream] = {}
        ratio = None
        for key, name in waits_for(keys):
            if name not in self._context.spec.shots:
                continue
            if name not in shapes:
                return None, False  # what is wrong with the other shot is said there
            upstream = shapes[name]
            if upstream is None:
                self._left_out(shot, key, name, cell)
                return None, False
            sources[key] = Upstream(upstream.last_task, upstream.last_seconds)
            ratio = upstream.aspect_ratio if key in ("next_of", "previous_of") else ratio
        shape = Shape(
            shot=shot,
            keys=keys,
            sources=sources,
            generations=[Generation(prompts_of(shot, n)) for n in range(len(keys.extend) + 1)],
            aspect_ratio=_aspect_ratio(keys, ratio),
            seconds=_seconds(keys, sources),
        )
        return shape, True

    def _left_out(self, shot: Shot, key: str, name: str, cell: str) -> None:
        path = shot.path(key)
        finding = self._context.report(
            "KS313",
            f"shot '{shot.name}' uses the clip of '{name}', which 'when' leaves out{in_cell(cell)}",
            path,
            help=f"give '{shot.name}' the same 'when' as '{name}'",
        )
        self.found[finding] = None

    # -- its tasks --

    def _tasks(self, plan: _Plan, shape: Shape, names: Mapping[str, Any], variant: Variant) -> Iterator[Task]:
        prefix = variant.id + "/"
        upstream = tuple(dict.fromkeys([prefix + source.task for source in shape.sources.values()]))
        for extension, texts in enumerate(plan.texts):
            words: list[str] = []
            mentions: list[tuple[str, ...]] = []
            for text in texts:
                own_words, own_mentions = self._rendered(text, names, variant.id)
                words += own_words
                mentions.append(own_mentions)
            ask = self._ask(shape, extension, tuple(mentions))
            if ask is None:
                return
            if extension:
                id_ = part_id(plan.shot.name, shape.pick, extension)
                before = (prefix + part_id(plan.shot.name, shape.pick, extension - 1),)
                yield Task(prefix + id_, plan.shot.name, shape.pick, variant, ask, tuple(words), before)
                continue
            for take in range(1, (shape.keys.takes or 1) + 1):
                id_ = prefix + part_id(plan.shot.name, take, 0)
                yield Task(id_, plan.shot.name, take, variant, ask, tuple(words), upstream)

    def _ask(self, shape: Shape, extension: int, mentions: tuple[tuple[str, ...], ...]) -> Any:
        generation = shape.generations[extension]
        if mentions not in generation.asks:
            if len(generation.asks) >= _MOST_REMEMBERED:
                generation.asks.clear()
            ask, found = self._asks.make(shape, extension, mentions)
            self.found.update(dict.fromkeys(found))
            generation.asks[mentions] = ask
        return generation.asks[mentions]

    def _rendered(self, text: _Text, names: Mapping[str, Any], cell: str) -> Rendered:
        if not text.is_remembered:
            return self._render_text(text, names, cell)
        key = key_of(text.reads, names)
        known = text.done.get(key)
        if known is None:
            if len(text.done) >= _MOST_REMEMBERED:
                text.done.clear()
            known = text.done[key] = self._render_text(text, names, cell)
        return known

    def _render_text(self, text: _Text, names: Mapping[str, Any], cell: str) -> Rendered:
        prompt = text.prompt
        if not prompt.source:
            return ("",), ()
        rendered = prompt.source
        if "{" in rendered:
            rendered = self._render.text(rendered, prompt.path, names, cell)
        rendered = rendered.strip()
        if not rendered:
            raise RenderError(
                self._context.report("KS310", f"this text is empty{in_cell(cell)}", prompt.path)
            )
        if ("<<" in rendered or "@" in rendered) and (match := PLACEHOLDER.search(rendered)):
            raise RenderError(self._placeholder(match[0], prompt.path, cell))
        return split(rendered)

    def _placeholder(self, mark: str, path: Path, cell: str) -> Diagnostic:
        message = f"'{mark}' is a provider's own placeholder{in_cell(cell)}"
        help_ = "name the asset instead, as '{{ bottle }}'; its number is written for you"
        return self._context.report("KS305", message, path, help=help_)


def _structure(keys: ShotKeys) -> dict[str, Any]:
    """Return what a shot says besides its prompts and `when`, as plain values."""
    raw: dict[str, Any] = {}
    for key in keys.model_fields_set - {"prompt", "negative_prompt", "when"}:
        value = getattr(keys, key)
        if key == "storyboard" and isinstance(value, list):
            value = [{"prompt": "-", "duration": beat.duration} for beat in value]
        elif key == "extend":
            texts = {"prompt", "negative_prompt"}
            value = [{name: getattr(part, name) for name in part.model_fields_set - texts} for part in value]
        elif isinstance(value, LastFrameOf):
            value = {"last_frame_of": value.last_frame_of}
        raw[key] = value
    return raw


def _in_order(context: Context) -> Iterator[Shot]:
    """Yield the shots so that each follows what it uses, else as they are written."""
    seen: set[str] = set()
    waiting: list[str] = list(reversed(list(context.shots)))
    while waiting:
        name = waiting[-1]
        shot = context.shots[name]
        ahead = [
            source for _, source in waits_for(shot.keys) if source in context.shots and source not in seen
        ]
        if name not in seen and ahead:
            waiting += reversed(ahead)
            continue
        waiting.pop()
        if name not in seen:
            seen.add(name)
            yield shot


def _aspect_ratio(keys: ShotKeys, of_source: str | None) -> str | None:
    if keys.edit is not None or keys.first_frame is not None:
        return None
    return keys.aspect_ratio or of_source or ASPECT_RATIO


def _seconds(keys: ShotKeys, sources: Mapping[str, Upstream]) -> int | None:
    if keys.edit is not None:
        return sources["edit"].seconds if "edit" in sources else None
    return duration_of(keys)
