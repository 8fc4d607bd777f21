"""What a plan shows in a cell: the grid, the pictures, the prices, what has changed, and no more than fits."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

import kling_spec as ks
from kling_spec.notebook._plan_view import PlanView

SPEC = """\
kling_spec: 1
name: pond
vars: {animal: frog}
assets: {leaf: {image: leaf.png}, host: {element: 829382103, from: images}}
matrix: {time: [day, night], ratio: ["1:1", "16:9"]}
defaults: {resolution: 720p, duration: 3, aspect_ratio: "{{ ratio }}"}
shots:
  sits: "A {{ animal }} sits on {{ leaf }} by {{ time }}"
  leaps: {next_of: sits, prompt: it leaps}
  talk: {prompt: "{{ host }} talks by {{ time }}", when: time == "day"}
"""

Show = Callable[..., PlanView]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose spec was rehearsed once."""
    folder = tmp_path_factory.mktemp("pond")
    Image.radial_gradient("L").resize((640, 400)).save(folder / "leaf.png")
    (folder / "pond.yaml").write_text(SPEC)
    ks.load(folder / "pond.yaml", sandbox=True).run().wait()
    return folder


@pytest.fixture
def show(folder: Path) -> Iterator[Show]:
    """Returns the plan of the spec with some of its words replaced."""

    def plan(*replaced: tuple[str, str], sandbox: bool = True) -> PlanView:
        text = SPEC
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        (folder / "pond.yaml").write_text(text)
        return ks.load(folder / "pond.yaml", sandbox=sandbox).plan()

    yield plan
    (folder / "pond.yaml").write_text(SPEC)


class Words(HTMLParser):
    """The words of a page and nothing else, as where every style, script and attribute is stripped."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self._is_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, _: object) -> None:  # type: ignore[override]
        self.tags.append(tag)
        self._is_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(f"{word}\n" for word in self.words).split())


def test_a_grid_shows_what_happens_to_each_shot_in_each_variant(show: Show) -> None:
    view = show(sandbox=False)

    words = Words(view.html()).text
    assert (
        "variant sits leaps talk cost day-1x1 + new 0.252 USD + new 0.378 USD + new 0.252 USD 0.882 USD"
        in words
    )
    assert "night-16x9 + new 0.252 USD + new 0.378 USD left out 0.63 USD" in words
    assert "day-1x1     + new 0.252 USD  + new 0.378 USD  + new 0.252 USD  0.882 USD" in view.text()


def test_prices_stand_with_how_they_come_about_and_sum_up_by_axis(show: Show) -> None:
    view = show(sandbox=False)

    for words in (Words(view.html()).text, " ".join(view.text().split())):
        assert "leaps, 2 tasks 720p 1:1 3 s 2 x 3 s x 0.126 USD/s 0.756 USD" in words
        assert re.search(r"[Cc]ost by( value cost)? time:? day 1\.764 USD,? night 1\.26 USD", words)
        assert "Cost: 3.024 USD." in words
    assert "<b>Cost: 3.024 USD.</b>" in view.html()


def test_assets_are_shown_as_small_pictures(show: Show) -> None:
    view = show()

    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]*)"', view.html())
    assert len(pictures) == 1
    assert len(pictures[0]) <= 4_000
    assert "Uses leaf (image), host (element)" in view.text()
    assert "leaf image" in Words(view.html()).text


def test_a_picture_that_leads_out_of_the_project_is_not_shown(
    show: Show, folder: Path, tmp_path: Path
) -> None:
    view = show()
    leaf = (folder / "leaf.png").read_bytes()
    (tmp_path / "secret.png").write_bytes(leaf + b"\0")
    (folder / "other.png").symlink_to(tmp_path / "secret.png")
    try:
        (folder / "leaf.png").unlink()
        (folder / "leaf.png").symlink_to(tmp_path / "secret.png")
        html = PlanView(view.plan, pictures=_pictures(folder)).html()
    finally:
        (folder / "leaf.png").unlink()
        (folder / "leaf.png").write_bytes(leaf)

    assert "<img" not in html


def _pictures(folder: Path) -> object:
    from kling_spec.notebook import _pictures

    _pictures._address.cache_clear()
    return _pictures.pictures_in(folder, folder)


def test_what_has_changed_is_marked_word_by_word_and_reads_without_any_style(show: Show) -> None:
    view = show(("animal: frog", "animal: toad"))

    html = view.html()
    assert "<del>[-frog-]</del> <ins>{+toad+}</ins>" in html
    words = Words(html).text
    assert "± sits all 4 variants prompt A [-frog-] {+toad+} sits on" in words
    assert re.search(r"animal \(\S*pond\.yaml:3\)", words)
    assert "A [-frog-] {+toad+} sits on" in view.text()
    assert "8 to create (8 of them changed), 2 reused" in words


def test_unknown_prices_are_said_with_their_reason(show: Show) -> None:
    asked = [("next_of: sits, ", ""), ("{{ leaf }}", "a leaf"), ("{{ host }}", "A host")]
    view = show(("name: pond", "name: pond\nprovider: hiapi"), *asked, sandbox=False)

    for words in (Words(view.html()).text, view.text()):
        assert "Price unknown, HiAPI publishes no prices for this model:" in words
        assert "+ new unknown" in words
        assert re.search(r"Cost: unknown \(\d+ prices unknown\)\.", words)


def test_a_thousand_changed_tasks_with_a_dozen_pictures_fit_into_32_kilobytes(tmp_path: Path) -> None:
    names = [f"a{number}" for number in range(14)]
    for name in names:
        Image.effect_noise((500, 300), 120).save(tmp_path / f"{name}.png")
    shots = "".join(
        f"  shot{number}: A {{{{ mood }}}} scene {'with many words ' * 30}"
        f"and {{{{ a{number} }}}} in {{{{ m }}}}, {{{{ n }}}}\n"
        for number in range(10)
    )
    spec = (
        "kling_spec: 1\nname: many\nvars: {mood: calm}\n"
        f"assets: {{{', '.join(f'{name}: {{image: {name}.png}}' for name in names[:10])}}}\n"
        f"matrix:\n  n: [{', '.join(f'north{number}' for number in range(20))}]\n  m: [a1x, b1x, c1x, d1x, e1x]\n"
        f"shots:\n{shots}"
    )
    file = tmp_path / "many.yaml"
    file.write_text(spec)
    launch = ks.load(file, sandbox=True)
    before = launch.plan().plan.orders
    _remember(tmp_path, before)
    file.write_text(spec.replace("mood: calm", "mood: wild").replace("many words", "many other words"))

    view = ks.load(file, sandbox=True).plan()

    html = view.html()
    assert len(view.tasks) == 1_000
    assert len(html.encode()) <= 32 * 1024
    words = Words(html).text
    assert "1,000 to create (1,000 of them changed)" in words
    assert "more variants and 2 more shots; the sums count them" in words
    assert html.count("<img") >= 8
    assert "$" not in html


def _remember(folder: Path, orders: object) -> None:
    """Write into the ledger that the orders were sent, without sending any."""
    from kling_spec.ledger import Ledger

    with Ledger.open(folder / ".kling-spec" / "sandbox" / "ledger.sqlite") as ledger:
        ledger.together([_intent(ledger, order) for order in orders])  # type: ignore[attr-defined]


def _intent(ledger: object, order: object) -> Callable[[], object]:
    return lambda: ledger.intend(  # type: ignore[attr-defined]
        fingerprint=order.fingerprint,  # type: ignore[attr-defined]
        attempt=1,
        body_sha256="0" * 64,
        task=order.tasks[0],  # type: ignore[attr-defined]
        spec="many",
        provider="kling",
        model="kling-v3-omni",
        account="",
        client_id=order.client_id,  # type: ignore[attr-defined]
        estimate=None,
        estimate_currency="USD",
        asked=order.asked(),  # type: ignore[attr-defined]
    )


def test_hostile_words_are_shown_and_do_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "kling_spec: 1\nname: <img src=x onerror=alert(1)>\n"
        'matrix: {who: ["</style></script><script>alert(1)</script>", "$x$", "&lt;"]}\n'
        "shots: {a: '{{ who }} <b onclick=x>'}\n"
    )
    view = ks.load(file).plan()

    html = view.html()

    page = Words(html)
    assert not {"img", "script", "iframe"} & set(page.tags)
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "</style></script><script>alert(1)</script>" in page.text
    assert "&lt;" in page.text
    assert "$x$" not in html
    assert "<span>$</span>x<span>$</span>" in html


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("ks.load('bad.yaml')", ["durration: 5", "^^^^^^^^^", "did you mean 'duration'?"]),
        ("ks.load('fox.yaml').run(yes=True)", ["this run would cost 0.56 USD; the spec's budget is 0.10"]),
        ("ks.load('fox.yaml').plan(market='us')", ["no axis is called 'market'", "market='us'"]),
        ("ks.load('fox.yaml')._session.refuse_changed(ks.load('fox.yaml').plan().plan, Path('fox.yaml'))",
         ["this file holds no saved plan"]),
        ("ks.load('cut.yaml', sandbox=True).export('main', 'x.otio')", ["there is no film of cut 'main'"]),
        ("ks.load('old/fox.yaml').plan()", ["is damaged or no ledger"]),
    ],
    ids=["SpecError", "BudgetRefused", "an axis", "PlanChanged", "NotReady", "LedgerError"],
)  # fmt: skip
def test_a_mistake_in_a_cell_is_drawn_without_frames(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cell: str,
    told: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("kling_spec: 1\nshots: {fox: {prompt: a,\n    durration: 5}}\n")
    Path("fox.yaml").write_text("kling_spec: 1\nshots: {fox: a fox}\nbudget: {max: '0.10', currency: USD}\n")
    Path("old/.kling-spec").mkdir(parents=True)
    Path("old/.kling-spec/ledger.sqlite").write_text("no ledger, but text that is long enough " * 50)
    Path("old/fox.yaml").write_text("kling_spec: 1\nshots: {fox: a fox}\n")
    Path("cut.yaml").write_text("kling_spec: 1\nshots: {fox: a fox}\ncuts: {main: {timeline: [fox]}}\n")
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("import kling_spec as ks; from pathlib import Path")
        capsys.readouterr()
        done = shell.run_cell(cell)
        said = capsys.readouterr()
    finally:
        InteractiveShell.clear_instance()

    assert not done.success
    for words in told:
        assert words in said.out + said.err
    assert "Traceback" not in said.out + said.err
    assert "kling_spec/" not in said.out + said.err


def test_providers_stand_side_by_side_in_the_same_looks(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "kling_spec: 1\nshots:\n  board: {storyboard: [{prompt: <b>one</b>, duration: 5}]}\n  fox: a fox\n"
    )
    view = ks.load(file).providers()

    words = Words(view.html()).text
    assert "shot apimodels hiapi kling (chosen) kling-2026 runware" in words
    assert "✗ refused hiapi storyboard asks for 'storyboard': HiAPI has no field for shots" in words
    assert "✗ refused" in view.text()
    assert "kling (chosen)" in view.text()
    assert "$" not in view.html()
