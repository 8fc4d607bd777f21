"""Files: what a spec names lies below the project, is an ordinary file, and is what it says that it is."""

import hashlib
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from stranger_specs import PROVIDERS, checked, codes, found, prompt_of

from kling_spec.session._files import LARGEST, read_text
from kling_spec.session._inputs import local_file

CANARY = "k-canary-8d2e61"


def _picture(path: Path, words: str = "") -> Path:
    info = PngImagePlugin.PngInfo()
    info.add_text("note", words)
    Image.new("RGB", (400, 400), "teal").save(path, pnginfo=info)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with a project in it, and with secrets beside the project."""
    (tmp_path / "secret.txt").write_text(f"KLING_API_KEY={CANARY}\n")
    (tmp_path / "secret.yaml").write_text(f"kling_spec: 1\nvars: {{stolen: {CANARY}}}\nshots: {{z: x}}\n")
    (tmp_path / "secret.j2").write_text(f"{CANARY}")
    _picture(tmp_path / "secret.png", CANARY)
    project = tmp_path / "project"
    (project / "inside").mkdir(parents=True)
    _picture(project / "good.png")
    _picture(project / "inside" / "deep.png")
    (project / ".env").write_text(f"KEY={CANARY}\n")
    (project / "notes.txt").write_text(f"{CANARY}\n")
    (project / "named.png").write_text(f"{CANARY}\n")
    (project / "wide.mp3").write_bytes(f"{CANARY}".encode("utf-16"))
    for name in ("secret.png", "secret.txt", "secret.yaml", "secret.j2"):
        (project / f"link-{name}").symlink_to(tmp_path / name)
        (project / f"relative-{name}").symlink_to(f"../{name}")
        os.link(tmp_path / name, project / f"hard-{name}")
    (project / "link-folder").symlink_to(tmp_path)
    (project / "link-root").symlink_to("/")
    (project / "chain").symlink_to("chain2")
    (project / "chain2").symlink_to("link-secret.png")
    (project / "loop").symlink_to("loop")
    (project / "dangling").symlink_to("nowhere")
    (project / "link-proc").symlink_to("/proc/self/environ")
    (project / "link-device").symlink_to("/dev/zero")
    os.mkfifo(project / "pipe.png")
    here = Path.cwd()
    os.chdir(project)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.png")  # by a short name: such names have a length of their own
        os.chdir(here)
        yield tmp_path


PATHS = (
    *("{home}/secret.png", "{home}/secret.txt", "/etc/passwd", "/proc/self/environ", "/proc/self/fd/0", "/dev/zero"),
    *("/dev/stdin", "/dev/fd/0", "/dev/tty", "//etc/passwd", "///etc/passwd", "~/.ssh/id_rsa", "~root/.bashrc", "~"),
    *("../secret.png", "../secret.txt", "./../secret.png", "inside/../../secret.png", "inside/./../.././secret.png"),
    *("../project/../secret.png", "..//secret.png", "../../../../../../etc/passwd", "..", ".", "", " ", "inside"),
    *("..\\secret.png", "..\\..\\secret.png", "inside\\..\\..\\secret.png", "C:\\Windows\\win.ini", "C:/x", "c:x"),
    *("\\\\host\\share\\x.png", "//host/share/x.png", "\\\\?\\C:\\x", "\\\\.\\pipe\\x", "\\etc\\passwd"),
    *("file:///etc/passwd", "file:/etc/passwd", "FILE:///etc/passwd", "file://localhost/etc/passwd", "file:secret"),
    *("%2e%2e/secret.png", "%2e%2e%2fsecret.png", "%252e%252e/secret.png", "..%2fsecret.png"),
    *("..%c0%afsecret.png"),
    *("\u2024\u2024/secret.png", "\uff0e\uff0e\uff0fsecret.png", "..\uff0fsecret.png", "..\u2215secret.png",
    "$HOME/secret.png", "${{HOME}}/x"),
    *("%USERPROFILE%\\x", "`id`", "$(id)", "pipe:0", "fd:0", "concat:../secret.png|x", "subfile:,,:../secret.png"),
    *("data:image/png;base64,iVBORw0KGgo=", "ftp://example.com/x.png", "s3://bucket/x", "gs://bucket/x", "smb://h/x"),
    *("link-secret.png", "relative-secret.png", "link-secret.txt", "relative-secret.txt", "hard-secret.png"),
    *("hard-secret.txt", "link-folder/secret.png", "link-folder/secret.txt", "link-root/etc/passwd", "chain"),
    *("chain2", "loop", "dangling", "link-proc", "link-device", "pipe.png", "socket.png", ".env", "notes.txt"),
    *("named.png", "spec.yaml", "x" * 300 + ".png", "a/" * 200 + "x.png", "nowhere.png", "good.png/x"),
)  # fmt: skip


def _assets(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("image", "video", "audio"):
        yield kind, {kind: path}
    good = "good.png"
    yield "frontal", {"element": {"frontal": path, "images": [good]}}
    yield "further", {"element": {"frontal": good, "images": [path]}}
    yield "element video", {"element": {"video": path}}
    yield "voice", {"element": {"frontal": good, "images": [good], "voice": path}}


def _spec(asset: dict[str, Any]) -> str:
    return json.dumps(
        {"kling_spec": 1, "assets": {"it": asset}, "shots": {"a": {"prompt": "x", "references": ["it"]}}}
    )


def test_there_are_many_path_forms() -> None:
    assert len(set(PATHS)) >= 60


@pytest.mark.parametrize("form", PATHS, ids=[str(n) for n in range(len(PATHS))])
def test_a_path_that_leads_elsewhere_is_refused_wherever_it_stands(home: Path, form: str) -> None:
    """T-D10: in every key that names a file; and of what lies there nothing is said."""
    path = form.format(home=home) if "{" in form else form
    for kind, asset in _assets(path):
        findings = found(_spec(asset), home / "project")
        errors = [one for one in findings if one.is_error]
        assert errors, kind
        assert CANARY not in repr(findings)
        assert {one.code for one in errors} <= {"KS306", "KS307", "KS311", "KS312"}, (kind, path)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_byte_of_a_secret_is_sent(home: Path, provider: str) -> None:
    """T-D10: what passes is looked at as the provider would get it."""
    for path in ("wide.mp3", "named.png", "notes.txt", ".env", "hard-secret.png", "link-secret.png"):
        for _, asset in _assets(path):
            assert codes(_spec(asset), home / "project", provider=provider) & {"KS307", "KS311", "KS312"}


def test_what_lies_in_the_project_is_found(home: Path) -> None:
    """T-D10: also through a link that stays inside, and from a folder that is linked to as a whole."""
    project = home / "project"
    (project / "inner-link.png").symlink_to("inside/deep.png")
    (home / "door").symlink_to(project)
    for folder, path in ((project, "good.png"), (project, "inside/deep.png"), (project, "inner-link.png"),
                         (project, "./inside/../good.png"), (home / "door", "good.png")):  # fmt: skip
        assert codes(_spec({"image": path}), folder) == set(), path


def test_the_project_begins_at_its_settings(home: Path) -> None:
    """T-D10: with `kling-spec.toml` above the spec its neighbours belong to the project; what lies above does not."""
    project = home / "project"
    assert codes(_spec({"image": "../good.png"}), project / "inside") == {"KS312"}

    (project / "kling-spec.toml").write_text("")

    assert codes(_spec({"image": "../good.png"}), project / "inside") == set()
    assert codes(_spec({"image": "../../secret.png"}), project / "inside") == {"KS312"}


@pytest.mark.parametrize(
    "name",
    ["../secret.yaml", "{home}/secret.yaml", "link-secret.yaml", "relative-secret.yaml", "hard-secret.yaml",
     "link-folder/secret.yaml", "inside/../../secret.yaml", "~/secret.yaml", "..\\secret.yaml", "pipe.png",
     "file:../secret.yaml", "https://example.com/x.yaml", "link-device", "loop", "C:/x.yaml", "//host/x.yaml"],
)  # fmt: skip
def test_nothing_outside_is_extended_or_included(home: Path, name: str) -> None:
    """T-D10, T-D20: bases and template files obey the same rule; no address is ever fetched."""
    name = name.format(home=home)
    extending = f"kling_spec: 1\nextends: {json.dumps(name)}\nshots: {{a: x}}\n"
    findings = found(extending, home / "project")

    assert {one.code for one in findings} == {"KS111"}
    assert CANARY not in repr(findings)
    for tag in ("include '{}'", "import '{}' as m", "from '{}' import a"):
        written = tag.format(name.replace("yaml", "j2").replace("\\", "\\\\"))
        template = prompt_of("{% " + written + " %}")
        assert codes(template, home / "project") & {"KS304", "KS316"}
        assert CANARY not in repr(found(template, home / "project"))


def test_a_base_of_the_project_may_lie_beside_the_spec_s_folder(home: Path) -> None:
    """T-D10: `../brand.yaml` is what a folder of specs needs; its own assets start where it lies."""
    project = home / "project"
    (project / "kling-spec.toml").write_text("")
    (project / "brand.yaml").write_text(
        "kling_spec: 1\nassets: {it: {image: good.png}}\nshots: {a: '{{ it }}'}\n"
    )

    assert codes("kling_spec: 1\nextends: ../brand.yaml\nshots: {b: x}\n", project / "inside") == set()


def test_files_that_extend_each_other_without_end_are_counted(home: Path) -> None:
    """T-D3, T-D20: wide and deep."""
    project = home / "project"
    for number in range(9):
        names = json.dumps([f"b{number + 1}.yaml"] * 3)
        (project / f"b{number}.yaml").write_text(f"kling_spec: 1\nextends: {names}\nshots: {{a: x}}\n")
    (project / "b9.yaml").write_text("kling_spec: 1\nshots: {a: x}\n")

    assert codes("kling_spec: 1\nextends: [b0.yaml, b0.yaml]\nshots: {a: x}\n", project) == {"KS111"}


def test_a_file_that_is_swapped_while_it_is_read_is_never_the_secret(home: Path) -> None:
    """T-D10: what was looked at is what is read: the file is opened once, step by step, and no link is followed."""
    project = home / "project"
    secret = hashlib.sha256((home / "secret.png").read_bytes()).hexdigest()
    stop = threading.Event()
    inside = project / "inside"

    def swap() -> None:
        (project / "spare").symlink_to(home)
        while not stop.is_set():
            inside.rename(project / "aside")
            (project / "spare").rename(inside)
            inside.rename(project / "spare")
            (project / "aside").rename(inside)

    _picture(project / "inside" / "secret.png", "harmless")
    thread = threading.Thread(target=swap)
    thread.start()
    try:
        seen = [local_file(project / "inside" / "secret.png", "x", root=project) for _ in range(1500)]
    finally:
        stop.set()
        thread.join()

    digests = {one.sha256 for one in seen if one is not None}
    assert secret not in digests
    assert len(digests - {""}) == 1


def test_a_device_is_not_even_opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-D10: opening some devices does something, and opening a pipe waits."""
    opened: list[str] = []
    open_ = os.open
    monkeypatch.setattr(os, "open", lambda path, *a, **k: opened.append(str(path)) or open_(path, *a, **k))

    for name in ("pipe.png", "socket.png", "link-device", "link-proc"):
        local_file(home / "project" / name, name, root=home / "project")

    assert not {"pipe.png", "socket.png", "zero", "environ"} & {Path(path).name for path in opened}


def test_a_file_that_grows_while_it_is_read_has_an_end(tmp_path: Path) -> None:
    """T-D10: as much is read as is allowed, whatever the folder says of its size."""
    (tmp_path / "spec.yaml").write_bytes(b"#" * (LARGEST + 1))

    text, finding = read_text(tmp_path / "spec.yaml", "spec.yaml")

    assert text is None
    assert finding is not None
    assert finding.code == "KS100"


PRIVATE = (
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", ".".join("0000")),
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "db.internal", "nas.lan", "intranet"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.169.254.", "100.100.100.200"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[fd00::1]", "[fe80::1]", "[2001::1]"),
    *("[64:ff9b::a9fe:a9fe]",),
    *("[2002:a9fe:a9fe::]", "metadata.google.internal", "127.0.0.1:8080", "user@127.0.0.1", "user:pass@localhost:9"),
    *("0300.0250.1.1", "3232235777", "0xa9fea9fe", "[::127.0.0.1]", "192.168.1.1.", "[::1]:443"),
)  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_of_this_machine_or_its_network_is_refused(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T-D12: forty hostile targets; nothing is looked up or connected to in order to tell."""
    _no_network(monkeypatch)
    for scheme in ("https", "http", "HTTPS"):
        assert codes(_spec({"image": f"{scheme}://{host}/x.png"})) == {"KS312"}


def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the network was used")

    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_checking_planning_and_pricing_use_no_network(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-D20: with every door to the network shut."""
    _no_network(monkeypatch)
    text = json.dumps(
        {
            "kling_spec": 1,
            "assets": {"it": {"image": "https://cdn.example.com/x.png"}, "own": {"image": "good.png"}},
            "shots": {"a": {"prompt": "{{ it }} beside {{ own }}"}},
        }
    )

    for provider in PROVIDERS:
        session = checked(text, home / "project", provider=provider)
        if provider != "hiapi":
            list(session.compile())
        session.offers()


def test_looking_at_a_spec_writes_nothing(home: Path) -> None:
    """T-D10: neither beside it nor in it."""
    before = {
        path: path.lstat().st_mtime_ns for path in home.rglob("*") if not stat.S_ISDIR(path.lstat().st_mode)
    }

    found(_spec({"image": "good.png"}), home / "project")

    after = {
        path: path.lstat().st_mtime_ns for path in home.rglob("*") if not stat.S_ISDIR(path.lstat().st_mode)
    }
    assert before == after
