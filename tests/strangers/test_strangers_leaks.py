"""T-D19: keys and signed addresses are shown nowhere, whatever goes wrong."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.ultratb import VerboseTB
from nbclient import NotebookClient
from rich.console import Console
from rich.traceback import Traceback
from telltale import SIGNATURE, Telltale

from kling_spec.cli import main
from kling_spec.ledger import Ledger
from kling_spec.providers import provider, read_profile
from kling_spec.runner import Account, FileStore
from kling_spec.sandbox import Sandbox, fault_list
from kling_spec.session import Session, read_settings, token_maker

PROVIDERS = ("kling", "kling-2026", "hiapi", "runware", "apimodels")
KEYS = {
    name: f"k-canary-{number}-77ab20c1"
    for number, name in enumerate(
        (
            *("KLING_API_KEY", "HIAPI_API_KEY", "RUNWARE_API_KEY", "APIMODELS_API_KEY"),
            *("KLING_SPEC_FILE_STORE_TOKEN", "KLING_WEBHOOK_SECRET", "HIAPI_WEBHOOK_SECRET"),
        )
    )
}
PAIR = {"KLING_ACCESS_KEY": "a-canary-11f0", "KLING_SECRET_KEY": "j-canary-5f1d9e72-with-thirty-two-bytes"}
SPEC = """
kling_spec: 1
name: pond
provider: {provider}
defaults: {{resolution: 720p, aspect_ratio: "16:9", duration: 3}}
shots:
  frog: A frog sits
  leap: {{prompt: It leaps{leap}}}
"""
# Rates for the one that publishes none, and no patience: what is seen of trouble here is seen at once.
SETTINGS = "".join(
    f"[providers.{name}]\npoll_seconds = 0.05\ndoubt_seconds = 0.2\n" for name in PROVIDERS
) + "".join(
    f'[[prices]]\nprovider = "hiapi"\nmodel = "v3-omni"\nresolution = "720p"\ncase = "{case}"\namount = 0.1\n'
    for case in ("plain", "references", "video")
)
WORDS = {"slow": "slow=0.1", "big-clip": "big-clip=1", "drip": "drip=0.01", "forget": "forget=0.5"}
"""How a fault is asked for where its own measure takes long."""
FAULTS = [WORDS.get(word, word) for word in (name.partition("[")[0].partition("=")[0] for name, _ in fault_list())
          if word not in ("slots", "empty")] + ["slots=1", "empty=1"]  # fmt: skip
GROUPS = [FAULTS[at : at + 4] for at in range(0, len(FAULTS), 4)]
LOOKS = (
    ("status",),
    ("ledger", "list", "--format", "json"),
    ("ledger", "export"),
    ("ledger", "show", "-/frog"),
    ("plan", "s.yaml", "--format", "json"),
    ("compile", "s.yaml"),
    ("doctor",),
)
LOGGED = (
    "import logging, sys; logging.basicConfig(level=1); from kling_spec.cli import main; sys.exit(main())"
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, and an environment full of keys."""
    for name in os.environ:
        if name.startswith(("KLING_", "HIAPI_", "RUNWARE_", "APIMODELS_")):
            monkeypatch.delenv(name)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "kling-spec.toml").write_text(SETTINGS)
    return folder


def write(name: str) -> str:
    leap = "" if name == "hiapi" else ", next_of: frog"
    Path("s.yaml").write_text(SPEC.format(provider=name, leap=leap))
    return "s.yaml"


def at(name: str, url: str) -> dict[str, str]:
    return {read_profile(name).base_url_setting: url}


def said_by(*words: str, **environment: str) -> str:
    """What a command prints, with every logger as loud as it goes; stopped as by Ctrl-C where it lasts."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOGGED, *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **environment},
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    return out.decode()


def told(*words: str) -> str:
    """What a command that asks nobody prints, in this process."""
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        main(list(words))
    return printed.getvalue()


def left_behind(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file and its bytes, and every name."""
    for path in folder.rglob("*"):
        yield f"name of {path}", str(path).encode()
        if path.is_file():
            yield str(path), path.read_bytes()


def check(printed: str, folder: Path) -> None:
    """Nothing that was printed or left shows a key; a signed address lies in the ledger's own file alone."""
    assert "canary" not in printed, printed[max(0, printed.index("canary") - 300) :][:600]
    for name, content in left_behind(folder):
        assert not any(key.encode() in content for key in (*KEYS.values(), *PAIR.values())), name
        if ".kling-spec/ledger.sqlite" not in name:
            assert b"canary" not in content, name


@pytest.mark.parametrize("faults", GROUPS, ids=[" ".join(group) for group in GROUPS])
def test_no_trouble_of_a_provider_brings_a_secret_to_light(project: Path, faults: list[str]) -> None:
    name = PROVIDERS[GROUPS.index(faults) % len(PROVIDERS)]
    spec = write(name)
    asked = [f"{fault}@0.6" for fault in faults]
    with (
        Sandbox(seconds=0.1, folder=project.parent / "server", faults=asked) as sandbox,
        Telltale(sandbox.url) as tale,
    ):
        printed = said_by("run", spec, "--yes", **at(name, tale.url))
    for words in LOOKS:
        printed += told(*words)

    assert "-/frog" in printed
    check(printed, project)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_repeats_keys_and_signatures_is_not_repeated(project: Path, name: str) -> None:
    """In refusals, in pages of errors, in what it says of jobs, and of those that come to nothing."""
    spec = write(name)
    repeats = {"POST": [400, 401, 500], "GET": [500, 403, 404, 400]}
    printed = ""
    with (
        Sandbox(seconds=0.1, folder=project.parent / "server") as sandbox,
        Telltale(sandbox.url, repeats) as tale,
    ):
        for _ in range(3):
            printed += said_by("run", spec, "--yes", "--concurrency", "1", **at(name, tale.url))
        printed += told("ledger", "export") + told("status")
        assert tale.echoed >= 3
    assert "refused " in printed
    check(printed, project)


def test_a_signed_address_lies_in_the_ledger_for_its_owner_alone(project: Path) -> None:
    """It is what a run goes on with; the file is no one else's, and no object shows it."""
    spec = write("kling")
    with Sandbox(seconds=0, folder=project.parent / "server") as sandbox, Telltale(sandbox.url) as tale:
        printed = said_by("run", spec, "--yes", **at("kling", tale.url))
        assert tale.signed >= 2
        entries = Session(spec, environment=at("kling", tale.url)).entries()
    check(printed, project)
    file = project / ".kling-spec" / "ledger.sqlite"
    assert file.stat().st_mode & 0o077 == 0
    assert {entry.video_url.reveal().partition("?signature=")[2] for entry in entries if entry.video_url} == {
        SIGNATURE
    }
    with Ledger.open(file) as ledger:
        assert SIGNATURE not in repr(entries) + repr(list(ledger.export()))


def test_a_pair_of_keys_is_shown_as_little_as_a_key(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is what is signed with it: a token opens the account for half an hour."""
    monkeypatch.delenv("KLING_API_KEY")
    spec = write("kling")
    with Sandbox(seconds=0.1, folder=project.parent / "server") as sandbox:
        repeats = {"POST": [400], "GET": [500, 500]}
        with Telltale(sandbox.url, repeats) as tale:
            printed = said_by("run", spec, "--yes", **at("kling", tale.url), **PAIR)
            printed += said_by("run", spec, "--yes", **at("kling", tale.url), **PAIR)
    assert "eyJ" not in printed
    check(printed, project)


@pytest.mark.parametrize(
    "key", ["k-canary é", "k-canary\n", "k-canary\x7f"], ids=["letter", "break", "delete"]
)
def test_a_key_that_no_header_can_carry_is_not_shown_either(project: Path, key: str) -> None:
    printed = said_by("run", write("kling"), "--yes", KLING_API_KEY=key, KLING_BASE_URL="http://127.0.0.1:9")

    assert "the key of kling" in printed
    check(printed, project)


# -- tracebacks ------------------------------------------------------------------------------------


def with_locals(error: BaseException) -> str:
    """A traceback as loud as the loudest tools make it, without the frames of the test itself."""
    inner = error.__traceback__
    while inner is not None and inner.tb_frame.f_code.co_filename == __file__:
        inner = inner.tb_next
    console = Console(file=StringIO(), width=300)
    loud = Traceback.from_exception(
        type(error), error, inner, show_locals=True, locals_max_length=None, locals_max_string=None
    )
    console.print(loud)
    plain = traceback.TracebackException(type(error), error, inner, capture_locals=True).format(chain=True)
    return console.file.getvalue() + "".join(plain) + VerboseTB().text(type(error), error, inner)  # type: ignore[attr-defined]


class Boom(Exception):
    pass


@pytest.mark.parametrize("kind", ["submitted", "accepted", "running", "succeeded", "stored", "failed"])
@pytest.mark.parametrize("name", ["kling", "runware"])
def test_no_traceback_with_locals_shows_a_secret(
    project: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    """A listener that fails takes the whole stack of that moment with it."""
    write(name)
    if kind == "failed":
        Path("s.yaml").write_text(
            Path("s.yaml").read_text().replace("A frog sits", "A frog sits [sandbox:fail]")
        )

    def hear(event: Any) -> None:
        if getattr(event, "kind", None) == kind:
            raise Boom

    with Sandbox(seconds=0.2, folder=project.parent / "server") as sandbox, Telltale(sandbox.url) as tale:
        monkeypatch.setenv(read_profile(name).base_url_setting, tale.url)
        session = Session("s.yaml")
        with pytest.raises(Boom) as raised:
            session.begin(session.plan(), hear).wait(60)

    shown = with_locals(raised.value)
    assert shown.count("Boom") >= 3
    assert "order" in shown
    assert "canary" not in shown, shown[max(0, shown.index("canary") - 300) :][:600]


def test_no_fault_of_a_library_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What HTTP libraries raise beside their own errors is not known, and their frames hold headers."""
    import h11

    calls: list[str] = []

    def fail(_: object, request: h11.Request) -> None:
        calls.append(request.method.decode())
        secret = [*request.headers]
        raise ValueError(f"with {secret} for {request.target!r}")

    monkeypatch.setattr(h11.Connection, "send", fail)
    write("kling")
    session = Session("s.yaml")
    heard: list[Any] = []

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("KLING_BASE_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
        finished = session.begin(session.plan(), heard.append).wait(60)

    assert "POST" in calls
    assert set(finished.outcome.unknown.values())
    assert "canary" not in repr(finished) + repr(heard)
    assert "canary" not in repr(session.entries())


def test_errors_of_settings_and_specs_hide_the_environment() -> None:
    """They come from where the environment is read."""
    for text in ("[providers.kling]\nnope = 1\n", 'state = "../elsewhere"\n', "x ="):
        Path("kling-spec.toml").write_text(text)
        write("kling")
        with pytest.raises(Exception, match="KS1") as raised:
            Session("s.yaml").plan()
        shown = with_locals(raised.value)
        assert "SpecError" in shown or "Untrusted" in shown
        assert "canary" not in shown


def test_what_holds_a_secret_shows_its_name_alone(project: Path) -> None:
    settings = read_settings(project)
    secrets = settings.secrets()
    key = settings.environment.secret("KLING_API_KEY")
    assert key is not None
    account = Account(provider="kling", base_url="https://x.example", credentials={"KLING_API_KEY": key})
    store = FileStore(put="https://x.example/?sig=canary", get="https://x.example", token=key)
    token = token_maker(project / "state")("ks-1")

    shown = repr((settings, settings.environment, secrets, account, store, token, [{"a": key}]))

    assert {secret.name for secret in secrets} >= set(KEYS)
    assert "canary" not in shown
    assert token.reveal() not in shown
    assert (project / "state" / "callbacks.key").read_bytes().hex() not in shown
    assert (
        provider("kling")
        .authorize({"KLING_API_KEY": key.reveal()}, None)["Authorization"]
        .endswith(key.reveal())
    )  # type: ignore[arg-type]


def test_loggers_of_everything_say_nothing(
    project: Path, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    caplog.set_level(1)
    logging.getLogger("httpx").setLevel(1)
    write("kling")
    with Sandbox(seconds=0, folder=project.parent / "server") as sandbox, Telltale(sandbox.url) as tale:
        monkeypatch.setenv("KLING_BASE_URL", tale.url)
        session = Session("s.yaml")
        session.begin(session.plan()).wait(60)

    assert "canary" not in caplog.text


# -- notebooks -------------------------------------------------------------------------------------

LOOK = """\
def look(session, entries, settings):
    return 1 / 0
look(launch._session, launch._session.entries(), launch._session.settings)
"""
LOUD = """\
import logging, sys
for name in ("httpx", "httpcore"):
    logging.getLogger(name).setLevel(1)
    logging.getLogger(name).addHandler(logging.StreamHandler(sys.stdout))
launch.run(yes=True).wait()
"""
CELLS = (
    "import kling_spec as ks\nlaunch = ks.load('s.yaml')\nlaunch",
    "run = launch.run(yes=True)\nrun.wait()",
    "run, launch.compile(), launch.plan()",
    "launch._session.settings, launch._session.entries(), launch._session",
    "%xmode Verbose",
    LOOK,
    "launch.plan(no_such='axis')",
    LOUD,
)


def test_a_saved_notebook_holds_no_secret(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("kling")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    with Sandbox(seconds=0.1, folder=project.parent / "server") as sandbox, Telltale(sandbox.url) as tale:
        monkeypatch.setenv("KLING_BASE_URL", tale.url)
        NotebookClient(
            notebook, timeout=180, allow_errors=True, resources={"metadata": {"path": str(project)}}
        ).execute()
        assert tale.signed >= 2, json.dumps(notebook.cells[0].outputs)[-1500:]

    saved = json.dumps(notebook)
    nbformat.write(notebook, project / "saved.ipynb")
    assert "ZeroDivisionError" in saved
    assert "stored" in saved
    assert "•••" in saved or "\\u2022" in saved
    check(saved, project)
