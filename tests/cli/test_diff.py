"""`kling-spec diff`: two specs, or two git revisions of one."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")

Git = Callable[..., None]


@pytest.fixture
def git(project: Path) -> Git:
    """Runs git in the project, which is a repository."""

    def run(*words: str) -> None:
        subprocess.run([*GIT, *words], cwd=project, check=True, capture_output=True)

    run("init", "-q")
    return run


@pytest.fixture
def commit(git: Git) -> Callable[[], None]:
    """Commits everything that lies in the project."""

    def run() -> None:
        git("add", "-A")
        git("commit", "-q", "-m", "x")

    return run


def test_two_equal_specs_differ_in_nothing(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml"), "--detailed-exitcode")

    assert said.code == 0
    assert "No task differs: all 4 tasks ask the same." in said.out
    assert "Cost: 0.756 USD, the same as before." in said.out


def test_words_that_went_and_came_are_marked_and_the_line_is_named(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("A hare listens", "A brown hare sleeps")))

    assert said.code == 0
    assert "± hare  all 2 variants" in said.out
    assert "prompt  A {+brown+} hare [-listens-] {+sleeps+}" in said.out
    assert "⤷ b.yaml:9" in said.out
    assert "Tasks: 2 changed, 2 the same." in said.out
    assert not [line for line in said.out.splitlines() if line != line.rstrip()]


def test_the_variable_that_caused_it_is_named_with_its_line(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("does: runs", "does: leaps")))

    assert "± fox  1 of 2 variants: wild" in said.out
    assert "A fox [-runs-] {+leaps+} in the snow" in said.out
    assert "⤷ does (b.yaml:5)" in said.out


def test_costs_are_laid_side_by_side_by_currency(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("duration: 3", "duration: 5")), "--format", "json")

    cost = said.json["cost"]
    assert (cost["before"], cost["after"]) == (
        {"total": {"USD": "0.756"}, "unknown_prices": 0},
        {"total": {"USD": "1.26"}, "unknown_prices": 0},
    )
    assert cost["difference"] == {"USD": "0.504"}
    assert {task["task"]: task["change"] for task in said.json["tasks"]} == dict.fromkeys(
        ("calm/fox", "calm/hare", "wild/fox", "wild/hare"), "changed"
    )
    [change] = said.json["tasks"][0]["changes"]
    assert (change["field"], change["before"], change["after"], change["origin"]["line"]) == (
        "duration",
        "3",
        "5",
        6,
    )


def test_unknown_prices_are_said_and_never_zero(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("name: foxes", "name: foxes\nprovider: hiapi")))

    assert "a.yaml → b.yaml on kling → hiapi" in said.out
    assert "Cost: 0.756 USD → unknown (3 prices unknown) (-0.756 USD in known prices)." in said.out


def test_a_shot_with_a_new_name_is_not_to_be_paid_again(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("hare:", "rabbit:"), ("[fox, hare]", "[fox, rabbit]")))

    assert "+ rabbit" in said.out
    assert "asks the same as hare did before" in said.out
    assert "- hare" in said.out
    assert "Tasks: 2 added, 2 gone, 2 the same." in said.out
    assert "To make what the old spec does not ask: nothing." in said.out


def test_the_options_of_a_plan_hold_for_both_and_what_one_of_them_lacks_is_new(cli, spec) -> None:
    old, new = spec("a.yaml"), spec("b.yaml", ("hare: {", "owl: An owl calls\n  hare: {"))

    assert "Tasks: 2 added, 0 the same." in cli("diff", old, new, "--shot", "owl").out
    assert (
        "No task differs: all 1 task ask"
        in cli("diff", old, new, "--shot", "fox", "--variant", "mood=calm").out
    )
    assert "in the [-rain-]" not in cli("diff", old, new, "--var", "place=here").out
    unknown = cli("diff", old, new, "--shot", "wolf")
    assert (unknown.code, "no shot is called 'wolf'" in unknown.err) == (1, True)


def test_a_wrong_spec_is_drawn_and_the_exit_code_says_so(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("duration: 3", "durration: 3")))

    assert said.code == 1
    assert "unknown key 'durration'" in said.err
    assert "b.yaml:6" in said.err


def test_the_exit_code_tells_whether_a_task_differs(cli, spec) -> None:
    old, new = spec("a.yaml"), spec("b.yaml", ("listens", "sleeps"))

    assert cli("diff", old, new, "--detailed-exitcode").code == 2
    assert cli("diff", old, new).code == 0


def test_pull_requests_get_a_line_for_each_change_and_one_for_the_cost(cli, spec) -> None:
    said = cli("diff", spec("a.yaml"), spec("b.yaml", ("does: runs", "does: leaps")), "--format", "github")

    first, last = said.out.splitlines()
    assert first.startswith("::notice file=b.yaml,line=8,")
    assert "title=± fox  1 of 2 variants%3A wild::0.252 USD%0Aprompt: A fox [-runs-] {+leaps+}" in first
    assert last.startswith("::notice title=kling-spec diff::Tasks: 1 changed, 3 the same. Cost: 0.756 USD")


def test_a_spec_is_compared_with_itself_at_a_revision(cli, spec, commit) -> None:
    spec("specs/a.yaml")
    commit()
    spec("specs/a.yaml", ("listens", "sleeps"))

    for words in (("HEAD:specs/a.yaml", "specs/a.yaml"), ("HEAD", "specs/a.yaml")):
        said = cli("diff", *words)
        assert "HEAD:specs/a.yaml → specs/a.yaml on kling" in said.out
        assert "A hare [-listens-] {+sleeps+}" in said.out


def test_two_revisions_of_one_spec_are_compared(cli, spec, commit) -> None:
    for word in ("listens", "sleeps", "eats"):
        spec("specs/a.yaml", ("listens", word))
        commit()
    spec("specs/a.yaml", ("listens", "[["))

    said = cli("diff", "HEAD~2", "HEAD~1", "--", "specs/a.yaml")

    assert "A hare [-listens-] {+sleeps+}" in said.out
    assert "HEAD~1:specs/a.yaml:9" in said.out


def test_what_a_spec_needs_comes_from_the_revision_too(cli, spec, project, commit) -> None:
    from PIL import Image

    (project / "kling-spec.toml").write_text("")
    (project / "shared").mkdir()
    Image.new("RGB", (400, 400), "red").save(project / "shared" / "den.png")
    spec("shared/base.yaml", text="vars: {place: in the snow}\nassets: {den: {image: den.png}}\n")
    macro = project / "specs" / "words.j2"
    text = (
        "kling_spec: 1\nextends: ../shared/base.yaml\nshots: {fox: \"{% import 'words.j2' as w %}"
        '{{ w.fox() }} by {{ den }} {{ place }}"}\n'
    )
    spec("specs/a.yaml", text=text)
    macro.write_text("{% macro fox() %}A red fox{% endmacro %}")
    commit()
    macro.write_text("{% macro fox() %}A grey fox{% endmacro %}")
    Image.new("RGB", (400, 400), "blue").save(project / "shared" / "den.png")
    spec("shared/base.yaml", text="vars: {place: in the rain}\nassets: {den: {image: den.png}}\n")

    said = cli("diff", "HEAD", "specs/a.yaml")

    assert "A [-red-] {+grey+} fox by {{ den }} in the [-snow-] {+rain+}" in said.out, said.err
    assert "place (shared/base.yaml:1)" in said.out
    assert "den ../shared/den.png (its content is another)" in said.out


def test_a_spec_that_was_wrong_at_the_revision_is_drawn_with_its_name_there(cli, spec, commit) -> None:
    spec("a.yaml", ("duration: 3", "durration: 3"))
    commit()
    spec("a.yaml")

    said = cli("diff", "HEAD", "a.yaml")

    assert said.code == 1
    assert "--> HEAD:a.yaml:6:" in said.err
    assert "durration: 3" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nope.yaml", "a.yaml"), "there is no file 'nope.yaml', and git knows no revision 'nope.yaml'"),
        (("HEAD~7", "a.yaml"), "git knows no revision 'HEAD~7'"),
        (("HEAD:b.yaml", "a.yaml"), "there was no 'b.yaml' at"),
        (("--output=x", "a.yaml"), None),
        (("nope.yaml", "none.yaml"), "there is no such file"),
    ],
    ids=["no file", "no revision", "not there then", "an option", "neither"],
)
def test_what_is_not_there_is_said(
    cli, spec, project: Path, commit, words: tuple[str, str], message: str | None
) -> None:
    spec("a.yaml")
    commit()

    if message is None:
        with pytest.raises(SystemExit):
            cli("diff", *words)
        cli("diff", "--", *words)
        assert not (project / "x").exists()
        return
    said = cli("diff", *words)

    assert said.code == 1
    assert message in said.err


def test_a_large_file_comes_only_where_a_spec_names_it(cli, spec, project, commit) -> None:
    from PIL import Image

    Image.effect_noise((1300, 1300), 90).save(project / "den.png")
    (project / "other.bin").write_bytes(bytes(3_000_000))
    assert (project / "den.png").stat().st_size > 1_048_576
    spec(
        "a.yaml", text="kling_spec: 1\nassets: {den: {image: den.png}}\nshots: {fox: 'A fox in {{ den }}'}\n"
    )
    commit()

    said = cli("diff", "HEAD", "a.yaml", "--detailed-exitcode")

    assert (said.code, said.err) == (0, "")


def test_prices_are_those_of_now_on_both_sides(cli, spec, project, commit) -> None:
    spec("a.yaml")
    commit()
    (project / "kling-spec.toml").write_text(
        '[[prices]]\nprovider = "kling"\nmodel = "v3-omni"\nresolution = "720p"\ncase = "plain"\n'
        'amount = "1"\ncurrency = "USD"\n'
    )

    said = cli("diff", "HEAD", "a.yaml")

    assert "Cost: 9.00 USD, the same as before." in said.out


def test_words_of_a_spec_steer_neither_the_terminal_nor_the_page(cli, spec) -> None:
    old = spec("a.yaml")
    new = spec("b.yaml", ("A hare listens", '"A hare\\n::error::x [red]listens[/red]"'))

    for format_ in ("text", "github"):
        said = cli("diff", old, new, "--format", format_)
        assert "::error::x [red]listens[/red]" in said.out
        assert not [line for line in said.out.splitlines() if line.startswith("::error")]
