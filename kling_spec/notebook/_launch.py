"""One spec in a notebook: seeing before paying, running, watching."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from kling_spec.diagnostics import Diagnostic, Origin, SpecError, did_you_mean
from kling_spec.exchange import Form, Placing, read_edit
from kling_spec.notebook._errors import NotReady
from kling_spec.notebook._explore import Explore
from kling_spec.notebook._film_view import FilmView, FilmViews
from kling_spec.notebook._gallery import Gallery
from kling_spec.notebook._offers_view import OffersView
from kling_spec.notebook._page import current_cell
from kling_spec.notebook._pictures import pictures_in
from kling_spec.notebook._plan_view import PlanView
from kling_spec.notebook._run import Run
from kling_spec.notebook._selection import Wanted, amount, select
from kling_spec.notebook._source import Source
from kling_spec.notebook._takes import Takes
from kling_spec.notebook._timeline_view import TimelineView
from kling_spec.notebook._view import Findings, View
from kling_spec.session import Selection, Session, Wording

_CALLED = Wording(
    limit="max_cost",
    place="run(max_cost={})",
    less="run fewer variants with run(AXIS='VALUE'), or fewer shots with run(shots=['SHOT']), or raise the limit",
)


def load(
    path: str | Path,
    *,
    sandbox: bool = False,
    provider: str | None = None,
    variables: Mapping[str, Any] | None = None,
) -> "Launch":
    """Read and check a spec, and return it, ready to be run. SpecError draws what is wrong with it.

    With `sandbox` everything is a rehearsal: it costs nothing, needs no key and has a ledger of its own.
    `provider` is used instead of the spec's, and `variables` are laid over its `vars`.
    """
    return Launch(path, sandbox=sandbox, provider=provider, variables=variables)


class Launch(View):
    """A spec. Shows itself as its plan, with the cost.

    Variants are picked by axis, and shots by name: `launch.plan(market="us")`,
    `launch.run(ratio=["16:9", "1:1"], shots=["open"])`.
    """

    def __init__(
        self, path: str | Path, *, sandbox: bool = False, text: str | None = None, **how: Any
    ) -> None:
        self._path = path
        self._how = {"text": text, **how}
        self._session = Session(path, sandbox=sandbox, **self._how)
        self._session.check()
        self._runs: dict[bool, Run] = {}

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self._session.name

    @property
    def is_rehearsal(self) -> bool:
        """Whether everything that it does is rehearsed in the sandbox."""
        return self._session.is_rehearsal

    # -- verbs --

    def check(self, *, shots: str | Iterable[str] = (), **axes: Wanted) -> Findings:
        """Compile everything, send nothing, and return warnings and notes. Raises SpecError for mistakes."""
        session = self._session
        return Findings(session.check(select(session, shots, axes)), session.lines_of)

    def plan(self, *, sandbox: bool = False, shots: str | Iterable[str] = (), **axes: Wanted) -> PlanView:
        """Return what a run would send, reuse and spend."""
        session = self._chosen(sandbox=sandbox)
        plan = session.plan(select(session, shots, axes))
        return PlanView(
            plan,
            session.notes,
            is_rehearsal=session.is_rehearsal,
            pictures=pictures_in(session.project.folder, session.project.root),
        )

    def compile(self, *, shots: str | Iterable[str] = (), **axes: Wanted) -> list[dict[str, Any]]:
        """Return the tasks with their payloads, as `compile --format jsonl` prints them."""
        return [json.loads(line) for line in self._session.compile(select(self._session, shots, axes))]

    def explore(self, shot: str | None = None, *, sandbox: bool = False, **settings: Any) -> Explore:
        """Return controls for the variables and axes, with prompt and cost of a shot as they change.

        `settings` say where an axis or a variable begins, or what a variable is chosen from: a list, a
        range or `(low, high)`, as in `explore("open", market="jp", lens=["35mm", "50mm"], secs=(3, 10))`.
        """
        return Explore(self._source(sandbox=sandbox), shot, settings)

    def takes(self, shot: str, *, sandbox: bool = False, **axes: Wanted) -> Takes:
        """Return the takes of a shot side by side, to be played together, rated and picked.

        `takes.pick(2)` writes `pick: 2` into the spec, `takes.rate(2, 4)` keeps four stars in the ledger.
        """
        session = self._chosen(sandbox=sandbox)
        return Takes(self._source(sandbox=sandbox), shot, select(session, shot, axes))

    def gallery(
        self,
        rows: str | None = None,
        columns: str | None = None,
        *,
        shot: str | None = None,
        sandbox: bool = False,
        **axes: Wanted,
    ) -> Gallery:
        """Return the films of all variants in a grid by two axes, or with `shot` the clips of that shot."""
        session = self._chosen(sandbox=sandbox)
        return Gallery(session, select(session, shot or (), axes), rows, columns, shot)

    def providers(self) -> OffersView:
        """Return what every provider makes of the whole spec, side by side, and what it costs there."""
        return OffersView(self._session.offers(), self._session.provider_name)

    def run(
        self,
        *,
        sandbox: bool = False,
        yes: bool = False,
        max_cost: Decimal | str | float | None = None,
        concurrency: int | None = None,
        shots: str | Iterable[str] = (),
        **axes: Wanted,
    ) -> Run:
        """Start a run, show it as a live board, and return it at once; `await` it, or call `wait()`.

        A run that is paid for starts only with `yes`, or when it is confirmed: its board has a button
        that names the amount. Raises BudgetRefused where it would cost more than `max_cost` or than the
        spec's budget. A cell that is run again while its run goes on shows the same run again; one that
        goes on in another process is followed, and nothing is sent by this one.
        """
        session = self._chosen(sandbox=sandbox)
        selection = select(session, shots, axes)
        run = self._going(session, selection)
        if run is None:
            run = self._begun(session, selection, yes=yes, max_cost=amount(max_cost), concurrency=concurrency)
        if current_cell() is not None:
            run.show()
        return run

    def cut(
        self, *cuts: str, sandbox: bool = False, timeline: str | Path | None = None, **axes: Wanted
    ) -> FilmView | FilmViews:
        """Make films from the clips that are there, by default all of them; a single one comes as itself.

        With `timeline` a film follows an edit that came back as .otio: its order, trims, transitions and
        gaps; the spec stays as it is. Raises SpecError where a film cannot be made of its clips or its
        edit; one whose clips are missing says so.
        """
        session = self._of(cuts, sandbox=sandbox)
        edit = read_edit(Path(timeline)) if timeline is not None else None
        made = session.cut(select(session, (), axes), cuts, edit)
        if found := [finding for one in made for finding in one.found if finding.is_error]:
            raise SpecError(found, session.lines_of)
        films = FilmViews.of(made)
        return films[0] if len(films) == 1 else films

    def export(
        self,
        cut: str,
        file: str | Path,
        *,
        media: str = "link",
        overwrite: bool = False,
        sandbox: bool = False,
        **axes: Wanted,
    ) -> TimelineView:
        """Hand a film to an editing program, as .otio, .xml (FCP 7) or .edl; `cut(timeline=…)` reads .otio again.

        Its clips stand beside the file, as `media` says: `link`, `copy` or `none`. Raises NotReady where
        clips are missing, and ExchangeError where another file is in the way unless `overwrite` is said.
        """
        session, path = self._of((cut,), sandbox=sandbox), Path(file)
        made = session.hand_over(
            Form.of(path.name),
            path,
            select(session, (), axes),
            (cut,),
            placing=Placing(media),
            overwrite=overwrite,
        )
        if found := [finding for one in made for finding in one.found if finding.is_error]:
            raise SpecError(found, session.lines_of)
        if not made or made[0].written is None:
            waits = f"; it waits for {', '.join(made[0].waits_for)}" if made else ""
            raise NotReady(f"there is no film of cut '{cut}' to hand over{waits}")
        return TimelineView.of(made[0].written)

    @property
    def films(self) -> FilmViews:
        """The films that lie in the output folder; nothing is made for this."""
        found = (
            FilmView.there(film.output, self._session.output / film.output)
            for film in self._session.plan().films
        )
        return FilmViews(view for view in found if view is not None)

    # -- how it looks --

    def text(self) -> str:
        """Return the plan as plain text."""
        return self.plan().text()

    def html(self) -> str:
        """Return the plan as a table."""
        return self.plan().html()

    # -- how --

    @cached_property
    def _rehearsal(self) -> Session:
        return Session(self._path, sandbox=True, **self._how)

    def _source(self, *, sandbox: bool) -> Source:
        def reload(written: Iterable[str]) -> Session:
            laid_over = {**(self._how.get("variables") or {})}
            for name in written:
                laid_over.pop(name, None)
            self._how["variables"] = laid_over
            self._session = Session(self._path, sandbox=self.is_rehearsal, **self._how)
            self._session.check()
            vars(self).pop("_rehearsal", None)
            return self._chosen(sandbox=sandbox)

        return Source(current=lambda: self._chosen(sandbox=sandbox), reload=reload)

    def _chosen(self, *, sandbox: bool) -> Session:
        return self._rehearsal if sandbox and not self.is_rehearsal else self._session

    def _of(self, cuts: Iterable[str], *, sandbox: bool) -> Session:
        """Return the session, which has all those cuts. Raises SpecError where it has not."""
        session = self._chosen(sandbox=sandbox)
        if found := [_unknown(name, session) for name in cuts if name not in session.spec.cuts]:
            raise SpecError(found, session.lines_of)
        return session

    def _begun(
        self,
        session: Session,
        selection: Selection,
        *,
        yes: bool,
        max_cost: Decimal | None,
        concurrency: int | None,
    ) -> Run:
        plan = session.plan(selection)
        run = Run(session, plan, selection, concurrency, max_cost)
        if (who := session.holder()) is not None:
            run.follow(who)
            self._runs[session.is_rehearsal] = run
            return run
        session.refuse_over_budget(plan, max_cost, _CALLED)
        if yes or session.is_rehearsal or not (plan.total or plan.unknown_prices):
            run.begin()
        self._runs[session.is_rehearsal] = run
        return run

    def _going(self, session: Session, selection: Selection) -> Run | None:
        """Return the run that goes on, if it is of the same tasks. Raises NotReady where it is another."""
        run = self._runs.get(session.is_rehearsal)
        if run is None or not run.is_going:
            return None
        if run.selection != selection:
            raise NotReady("another run of this spec goes on; wait for it with wait(), or end it with stop()")
        return run


def _unknown(name: str, session: Session) -> Diagnostic:
    return Diagnostic(
        code="KS113",
        message=f"no cut is called '{name}'",
        origin=Origin(f"cut('{name}')"),
        help=did_you_mean(name, session.spec.cuts) or "the spec has no cuts",
    )
