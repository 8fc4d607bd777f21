"""What a plan tells of tasks that ask something else than what was sent for them last."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_spec.cli import main
from kling_spec.plan import Action, Asked, Change, Plan, Sort, word_diff
from kling_spec.session import Session

SPEC = """\
kling_spec: 1
name: pond
vars: {size: small, animal: "{{ size }} frog", secs: 3}
assets: {leaf: {image: leaf.png}}
matrix:
  time: {day: {light: bright}, night: {light: dim}}
  patch: [{match: {time: night}, set: {place: a lake}}]
  ratio: ["1:1"]
defaults: {resolution: 720p, duration: "{{ secs }}", aspect_ratio: "{{ ratio }}"}
shots:
  sits:
    prompt: >-
      A {{ animal }} sits on {{ leaf }} in {{ light }} light by
      {{ place | default("a pond") }} for a long while
  leaps: {next_of: sits, prompt: it leaps}
  rain: {prompt: Rain falls, when: time == "day"}
"""

Edit = Callable[..., Plan]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose spec was run once."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("pond")
    Image.new("RGB", (400, 400), "green").save(folder / "leaf.png")
    (folder / "pond.yaml").write_text(SPEC)
    session = Session(folder / "pond.yaml", sandbox=True)
    session.begin(session.plan(), cuts=False).wait()
    return folder


@pytest.fixture
def plan_of(sent: Path) -> Edit:
    """Returns the plan of the spec with some of its words replaced."""

    def plan(*replaced: tuple[str, str]) -> Plan:
        text = SPEC
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new)
        return Session(sent / "pond.yaml", text=text, sandbox=True).plan()

    return plan


def changes(plan: Plan, task: str) -> dict[str, Change]:
    [row] = [row for row in plan.rows if row.task == task]
    return {change.field: change for change in row.changes}


def test_what_was_sent_as_it_is_has_not_changed(plan_of: Edit) -> None:
    plan = plan_of()

    assert {row.action for row in plan.rows} == {Action.REUSE}
    assert not any(row.is_changed for row in plan.rows)


def test_a_line_that_says_something_else_is_the_cause(plan_of: Edit) -> None:
    plan = plan_of(("it leaps", "it leaps high"))

    changed = [row.task for row in plan.rows if row.is_changed]
    assert changed == ["day-1x1/leaps", "night-1x1/leaps"]
    [change] = changes(plan, "day-1x1/leaps").values()
    assert (change.field, change.origin.line, change.is_rewritten) == ("prompt", 15, True)
    assert change.causes == ()
    assert [(one.sort, one.text.strip()) for one in change.words if one.sort is not Sort.SAME] == [
        (Sort.NEW, "high")
    ]


def test_a_variable_is_the_cause_where_it_starts_and_not_those_that_are_made_of_it(plan_of: Edit) -> None:
    change = changes(plan_of(("size: small", "size: huge")), "day-1x1/sits")["prompt"]

    assert not change.is_rewritten
    [cause] = change.causes
    assert (cause.name, cause.before, cause.after, cause.origin.line) == ("size", "small", "huge", 3)


@pytest.mark.parametrize(
    ("old", "new", "name", "line"),
    [
        ("light: dim", "light: silver", "light", 6),
        ("place: a lake", "place: a river", "place", 7),
        ("secs: 3", "secs: 4", "secs", 3),
    ],
    ids=["an axis value brings it", "a patch brings it", "it is a number"],
)
def test_a_variable_is_found_wherever_it_gets_its_value(
    plan_of: Edit, old: str, new: str, name: str, line: int
) -> None:
    found = changes(plan_of((old, new)), "night-1x1/sits")

    [(cause,)] = [change.causes for change in found.values()]
    assert (cause.name, cause.origin.line) == (name, line)


def test_a_line_and_a_variable_are_both_told_where_both_have_changed(plan_of: Edit) -> None:
    change = changes(plan_of(("size: small", "size: huge"), ("a long while", "ages")), "day-1x1/sits")[
        "prompt"
    ]

    assert change.is_rewritten
    assert [cause.name for cause in change.causes] == ["size"]


def test_a_task_whose_source_is_made_anew_says_so(plan_of: Edit) -> None:
    [change] = changes(plan_of(("sits on", "dozes on")), "day-1x1/leaps").values()

    assert change.field == "reference_video"
    assert change.before.startswith("clip of sits #")


def test_a_file_with_another_content_is_a_change(sent: Path, plan_of: Edit) -> None:
    leaf = (sent / "leaf.png").read_bytes()
    try:
        (sent / "leaf.png").write_bytes(leaf + b"\0")
        [change] = changes(plan_of(), "day-1x1/sits").values()
    finally:
        (sent / "leaf.png").write_bytes(leaf)

    assert change.field == "images"
    before, after = (text.partition(" #") for text in (change.before, change.after))
    assert before[0] == after[0] == "leaf leaf.png"
    assert before[2] != after[2]


def test_another_shot_of_that_name_is_new_where_it_was_never_sent(plan_of: Edit) -> None:
    plan = plan_of((', when: time == "day"', ""))

    [row] = [row for row in plan.rows if row.task == "night-1x1/rain"]
    assert not row.is_changed
    assert row.reason.startswith("the same payload as")


def test_changes_stand_in_the_json_of_a_plan(plan_of: Edit) -> None:
    rows = plan_of(("secs: 3", "secs: 4")).to_json()["tasks"]

    [row] = [row for row in rows if row["task"] == "day-1x1/rain"]
    assert (row["action"], row["reason"]) == ("create", "changed")
    [change] = row["changes"]
    assert (change["field"], change["before"], change["after"]) == ("duration", "3", "4")
    assert change["variables"][0]["variable"] == "secs"
    json.dumps(rows)


def test_what_an_older_release_sent_is_changed_and_nobody_knows_how(sent: Path, plan_of: Edit) -> None:
    ledger = sent / ".kling-spec" / "sandbox" / "ledger.sqlite"
    with closing(sqlite3.connect(ledger)) as database:
        kept = database.execute("SELECT task, ask FROM asked").fetchall()
        database.execute("UPDATE asked SET ask = ''")
        database.commit()
        try:
            rows = {row.task: row for row in plan_of(("Rain", "Snow")).rows}
        finally:
            database.executemany("UPDATE asked SET ask = ?2 WHERE task = ?1", kept)
            database.commit()

    assert rows["day-1x1/rain"].is_changed
    assert rows["day-1x1/rain"].changes == ()


def test_no_query_of_an_address_is_kept(tmp_path: Path) -> None:
    spec = (
        "kling_spec: 1\nassets: {walk: {image: 'https://cdn.example.com/w.png?sig=s3cret'}}\n"
        "shots: {a: 'See {{ walk }} at https://x.example/?token=hush'}\n"
    )
    session = Session(tmp_path / "a.yaml", text=spec, sandbox=True)
    [order] = session.plan().orders

    [asked] = order.asked().values()

    assert "cdn.example.com/w.png" in asked
    assert "s3cret" not in asked
    assert "hush" not in asked


def test_what_is_kept_is_read_again_and_anything_else_is_not() -> None:
    asked = Asked(fields={"prompt": "A fox"}, made={}, values={"mood": "calm"})

    assert Asked.from_json(asked.to_json()) == asked
    assert [Asked.from_json(text) for text in ("", "{}", "[1]", '{"asks":1,"made":{},"values":{}}')] == [
        None
    ] * 4


@given(
    st.lists(st.sampled_from(["fox", "runs,", "in", "{{ den }}"])),
    st.lists(st.sampled_from(["fox", "in", "rain"])),
)
def test_a_word_diff_holds_both_texts(old: list[str], new: list[str]) -> None:
    diff = word_diff(" ".join(old), " ".join(new))

    assert "".join(text for sort, text in diff if sort is not Sort.NEW).strip() == " ".join(old)
    assert "".join(text for sort, text in diff if sort is not Sort.GONE).strip() == " ".join(new)


def test_the_terminal_shows_words_and_causes_below_the_tasks(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = sent / "pond.yaml"
    spec.write_text(SPEC.replace("size: small", "size: huge").replace("it leaps", "it jumps"))
    try:
        assert main(["plan", str(spec), "--sandbox"]) == 0
    finally:
        spec.write_text(SPEC)

    out = capsys.readouterr().out
    assert "±   day-1x1/sits" in out
    assert "± sits  all 2 variants" in out
    assert "prompt  A [-small-] {+huge+} frog sits on {{ leaf }} …" in out
    assert f"size ({os.path.relpath(spec)}:3)" in out or f"size ({spec}:3)" in out
    assert "prompt           Based on {{ sits }}, generate the next shot: it [-leaps-] {+jumps+}" in out
    assert "reference_video  clip of sits (made anew)" in out
    assert "4 to create (4 of them changed), 1 reused" in out


def test_nothing_that_holds_a_key_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIAPI_API_KEY", "sk-very-secret-key")
    text = "kling_spec: 1\nname: a\nvars: {x: sk-very-secret-key}\nshots: {a: '{% if x %}A fox{% endif %}'}\n"
    session = Session(tmp_path / "a.yaml", text=text, sandbox=True)
    session.begin(session.plan(), cuts=False).wait()

    ledger = tmp_path / ".kling-spec" / "sandbox" / "ledger.sqlite"
    with closing(sqlite3.connect(ledger)) as database:
        kept = database.execute("SELECT ask FROM asked").fetchall()

    assert kept == []
