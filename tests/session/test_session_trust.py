"""Settings that a clone brings: what could do harm is used only after the person's word, and for that content."""

import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import kling_spec as ks
from kling_spec.cli import main
from kling_spec.sandbox import Sandbox
from kling_spec.session import Session, Untrusted, read_settings

KEY = "k-canary-77ab20c1"
SPEC = """
kling_spec: 1
name: foxes
provider: {provider}
defaults: {{resolution: 720p, aspect_ratio: "16:9", duration: 3}}
shots: {{fox: A fox runs}}
"""


@pytest.fixture
def project(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone, with keys in the environment and nothing agreed to."""
    for name in os.environ:
        if name.startswith(("KLING_", "HIAPI_", "RUNWARE_", "APIMODELS_")) and name != "KLING_SPEC_CONFIG":
            monkeypatch.delenv(name)
    for name in ("KLING_API_KEY", "HIAPI_API_KEY", "RUNWARE_API_KEY", "APIMODELS_API_KEY"):
        monkeypatch.setenv(name, KEY)
    folder = tmp_path / "clone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "s.yaml").write_text(SPEC.format(provider="kling"))
    assert not config.exists()
    return folder


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on which nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield listening


def _was_called(listening: socket.socket) -> bool:
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def write(project: Path, settings: str, provider: str = "kling") -> None:
    (project / "kling-spec.toml").write_text(settings)
    (project / "s.yaml").write_text(SPEC.format(provider=provider))


HARMFUL = {
    "another host": ("kling", 1, '[providers.kling]\nbase_url = "https://evil.example"', "to evil.example"),
    "a host that looks like the right one": (
        "kling", 1, '[providers.kling]\nbase_url = "https://api-singapore.klingai.com@evil.example"', "to evil.example",
    ),
    "loopback": ("kling", 1, '[providers.kling]\nbase_url = "http://127.0.0.1:9"', "to 127.0.0.1:9"),
    "the same host without encryption": (
        "kling", 1, '[providers.kling]\nbase_url = "http://api-singapore.klingai.com"', "to api-singapore.klingai.com",
    ),
    "a program": ("kling", 0, 'ffmpeg = "./ffmpeg"', "'./ffmpeg' would be started"),
    "a callback": ("kling", 1, '[providers.kling]\ncallback_url = "https://evil.example/cb"', "callback_url"),
    "an inline table": ("kling", 0, 'providers.kling.callback_url = "https://evil.example/cb"', "callback_url"),
    "an upload": ("runware", 1, '[providers.runware]\nupload_endpoint = "https://evil.example/up"', "upload_endpoint"),
    "storage": ("hiapi", 1, '[providers.hiapi]\nstorage = "permanent"', "storage = permanent"),
    "a store": (
        "kling", 0, '[file_store]\nput = "https://evil.example/{name}"\nget = "https://evil.example/{name}"',
        "the token of the file store, would be sent to evil.example",
    ),
    "state above": ("kling", 0, 'state = "../elsewhere"', "elsewhere"),
    "state anywhere": ("kling", 0, 'state = "/srv/elsewhere"', "/srv/elsewhere"),
    "films above": ("kling", 0, 'output = ".."', "films would be written outside"),
    "films among git's hooks": ("kling", 0, 'output = ".git/hooks"', ".git/hooks"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMFUL)
def test_what_could_do_harm_stops_a_run_and_says_what_and_where(
    project: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    provider, behind, settings, told = HARMFUL[case]
    rates = (
        '\n[[prices]]\nprovider = "hiapi"\nmodel = "v3-omni"\nresolution = "720p"\ncase = "plain"\namount = 0'
    )
    write(project, f"# a comment\n{settings}{rates}\n", provider)
    before = sorted(project.parent.rglob("*"))

    assert main(["run", "s.yaml", "--yes"]) == 1

    said = capsys.readouterr().err
    assert said.count("error[KS116]") == 1
    assert told in said
    assert f"kling-spec.toml:{2 + behind}:1" in said
    assert "type 'kling-spec trust'" in said
    assert KEY not in said
    assert sorted(project.parent.rglob("*")) == before
    assert main(["check", "s.yaml"]) == 0
    assert main(["compile", "s.yaml"]) == 0


def test_no_byte_reaches_an_address_of_a_clone(project: Path, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    write(project, f'[providers.kling]\nbase_url = "http://127.0.0.1:{port}"\n')
    assert main(["run", "s.yaml", "--yes"]) == 1
    write(project, f'[providers.hiapi]\nbase_url = "http://127.0.0.1:{port}"\n')
    assert main(["prices", "refresh", "hiapi"]) == 1

    assert not _was_called(listener)


@pytest.mark.parametrize("words", [["run", "s.yaml", "--yes"], ["cut", "s.yaml"], ["doctor"],
                                   ["run", "s.yaml", "--sandbox", "--yes"]], ids=" ".join)  # fmt: skip
def test_no_program_of_a_clone_is_started(project: Path, words: list[str]) -> None:
    program = project / "ffmpeg"
    program.write_text(f"#!/bin/sh\ntouch {project}/started\necho ffmpeg version 9\n")
    program.chmod(0o755)
    write(project, 'ffmpeg = "./ffmpeg"\n')

    code = main(words)

    assert code == (1 if words[0] in ("run", "cut") and "--sandbox" not in words else 0)
    assert not (project / "started").exists()


@pytest.mark.parametrize(
    "words",
    [["plan", "s.yaml"], ["status"], ["ledger", "list"], ["ledger", "export"], ["serve-callbacks", "--port", "0"]],
    ids=" ".join,
)  # fmt: skip
def test_no_ledger_is_opened_elsewhere(
    project: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, 'state = "../elsewhere"\n')

    assert main(words) == 1

    assert "KS116" in capsys.readouterr().err
    assert not (project.parent / "elsewhere").exists()


@pytest.mark.parametrize("name", [".kling-spec", "out", ".kling-spec/clips", "out/sandbox"])
@pytest.mark.parametrize("words", [["run", "s.yaml", "--yes"], ["run", "s.yaml", "--sandbox", "--yes"]],
                         ids=["run", "rehearsal"])  # fmt: skip
def test_a_link_that_came_with_the_clone_leads_nowhere(project: Path, name: str, words: list[str]) -> None:
    """No `kling-spec.toml` is needed for this: git keeps links."""
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).symlink_to(elsewhere)

    assert main(words) == 1

    assert list(elsewhere.iterdir()) == []


def test_a_link_inside_of_the_project_needs_no_word(project: Path) -> None:
    (project / "films").mkdir()
    (project / "out").symlink_to("films")

    assert read_settings(project).demands.all == ()


def test_a_rehearsal_asks_for_nothing_and_uses_nothing_of_it(project: Path, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    write(
        project,
        f"""
state = "../elsewhere"
output = "../films"
ffmpeg = "./none"
[providers.kling]
base_url = "http://127.0.0.1:{port}"
callback_url = "http://127.0.0.1:{port}/cb"
[file_store]
put = "http://127.0.0.1:{port}/{{name}}"
get = "http://127.0.0.1:{port}/{{name}}"
""",
    )

    assert main(["run", "s.yaml", "--sandbox", "--yes"]) == 0

    assert not _was_called(listener)
    assert (project / "out" / "sandbox" / "foxes.mp4").is_file()
    assert (project / ".kling-spec" / "sandbox" / "ledger.sqlite").is_file()
    assert not {"elsewhere", "films"} & {path.name for path in project.parent.iterdir()}


def test_once_agreed_to_the_settings_are_used(project: Path, trust) -> None:
    with Sandbox(seconds=0, folder=project.parent / "server") as sandbox:
        write(
            project,
            f'state = "../elsewhere"\n[providers.kling]\nbase_url = "{sandbox.url}"\npoll_seconds = 0.1\n',
        )
        assert main(["run", "s.yaml", "--yes"]) == 1

        assert trust(project) == 0

        assert main(["run", "s.yaml", "--yes"]) == 0
        assert len(sandbox.book().charges) == 1
    assert (project.parent / "elsewhere" / "ledger.sqlite").is_file()
    assert main(["run", "s.yaml", "--sandbox", "--yes"]) == 0
    assert (project.parent / "elsewhere" / "sandbox" / "ledger.sqlite").is_file()


def test_the_word_holds_for_this_content_and_this_folder_only(project: Path, trust) -> None:
    asks = '[providers.kling]\nbase_url = "https://relay.example"\n'
    write(project, asks)
    trust(project)
    read_settings(project).demands.insist("providers.kling")

    write(project, f"# another comment\n{asks}concurrency = 9\n[limits]\nrun = 5\n")
    read_settings(project).demands.insist("providers.kling")

    write(project, asks.replace("relay", "other"))
    with pytest.raises(Untrusted, match=r"to other\.example"):
        read_settings(project).demands.insist("providers.kling")
    write(project, f'{asks}callback_url = "https://hooks.example"\n')
    with pytest.raises(
        Untrusted, match=r"to relay\.example.*callback_url = https://hooks\.example' \(line 3\)"
    ):
        read_settings(project).demands.insist("providers.kling")
    other = project.parent / "other"
    other.mkdir()
    write(other, asks)
    with pytest.raises(Untrusted):
        read_settings(other).demands.insist("providers.kling")

    write(project, asks)  # what was agreed to once, on another branch, still is
    read_settings(project).demands.insist("providers.kling")
    trust(project, "--forget")
    with pytest.raises(Untrusted):
        read_settings(project).demands.insist("providers.kling")


def test_another_program_under_the_same_name_is_asked_for_anew(project: Path, trust) -> None:
    program = project / "ffmpeg"
    program.write_text("#!/bin/sh\necho one\n")
    write(project, 'ffmpeg = "./ffmpeg"\n')
    trust(project)
    read_settings(project).demands.insist("ffmpeg")

    program.write_text("#!/bin/sh\necho two\n")

    with pytest.raises(Untrusted):
        read_settings(project).demands.insist("ffmpeg")


def test_the_word_lies_with_the_person_and_shows_what_was_agreed_to(
    project: Path, trust, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, '[providers.kling]\nbase_url = "https://relay.example/\\u202egro.knat"\n')

    trust(project)

    said = capsys.readouterr().err
    assert "kling-spec.toml:2: providers.kling.base_url = https://relay.example" in said
    assert "\u202e" not in said
    [kept] = [path for path in config.rglob("*") if path.is_file()]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert json.loads(kept.read_text())["project"] == str(project)
    assert not {path.name for path in project.iterdir()} - {"s.yaml", "kling-spec.toml"}


def test_where_the_word_lies_is_never_for_a_project_to_say(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A relative XDG_CONFIG_HOME would be resolved in the clone; the standard wants it ignored."""
    monkeypatch.delenv("KLING_SPEC_CONFIG")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")
    write(project, 'state = "../elsewhere"\n')
    (project / "kling-spec" / "trusted").mkdir(parents=True)

    made = read_settings(project).demands.agree()

    assert made.is_relative_to(tmp_path / "home" / ".config" / "kling-spec")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    with pytest.raises(Untrusted):
        read_settings(project).demands.insist("state")


def test_settings_that_can_do_no_harm_need_no_word(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        project,
        """
state = "state/of/it"
output = "films"
[providers.kling]
base_url = "https://api-singapore.klingai.com/"
concurrency = 9
poll_seconds = 1.5
[limits]
run = 5
[[prices]]
provider = "kling"
model = "v3-omni"
resolution = "720p"
case = "plain"
amount = "0.01"
""",
    )

    assert read_settings(project).demands.all == ()
    assert main(["plan", "s.yaml"]) == 0
    assert main(["trust"]) == 0
    assert "nothing that needs your word" in capsys.readouterr().err


def test_the_environment_is_the_person_s_own_word(project: Path, tmp_path: Path) -> None:
    write(
        project, 'state = "../a"\nffmpeg = "./none"\n[providers.kling]\nbase_url = "https://evil.example"\n'
    )
    with Sandbox(seconds=0, folder=tmp_path / "server") as sandbox:
        own = {
            "KLING_API_KEY": KEY,
            "KLING_BASE_URL": sandbox.url,
            "KLING_SPEC_STATE": str(tmp_path / "mine"),
            "PATH": os.environ["PATH"],
            "KLING_SPEC_CONFIG": str(tmp_path / "home"),
        }
        made = Session("s.yaml", environment=own)
        with pytest.raises(Untrusted, match=r"'\./none' would be started"):
            made.begin(made.plan())

        from imageio_ffmpeg import get_ffmpeg_exe

        made = Session("s.yaml", environment={**own, "KLING_SPEC_FFMPEG": get_ffmpeg_exe()})
        finished = made.begin(made.plan()).wait(60)

        assert set(finished.clips) == {"-/fox"}
        assert len(sandbox.book().charges) == 1


def test_a_notebook_is_told_the_same(project: Path, trust) -> None:
    write(project, '[providers.kling]\nbase_url = "http://127.0.0.1:9"\n')
    launch = ks.load("s.yaml")

    with pytest.raises(
        ks.SpecError, match=r"(?s)KS116.*to 127\.0\.0\.1:9.*kling-spec\.toml:2.*kling-spec trust"
    ):
        launch.run(yes=True)

    trust(project)
    assert launch.run(yes=True, max_cost=1).wait() is not None


def test_doctor_says_what_waits_for_a_word(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, 'ffmpeg = "./none"\n')

    assert main(["doctor", "--format", "json"]) == 0

    checks = {row["what"]: row["found"] for row in json.loads(capsys.readouterr().out)}
    assert checks["trust"] == "not agreed to: ffmpeg; see 'kling-spec trust'"
