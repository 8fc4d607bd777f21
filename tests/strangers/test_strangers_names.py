"""Names of films: whatever a stranger writes, a film lies below the output folder and over no other one."""

import json
from itertools import product
from pathlib import Path
from unicodedata import normalize

import pytest
from stranger_specs import checked, codes

from kling_spec.compile._file_names import folded, free_of_devices, unsafe
from kling_spec.compile._matrix import slug

_DEVICES = ("CON", "prn", "Aux", "NUL", "com1", "COM9", "lpt1", "LPT0", "conin$", "CONOUT$", "com¹")
_PARTS = (
    *("..", ".", "...", "", " ", "-rf", "--help", "~", "~root", "a%d", "p%03d", "%2e%2e", "a\\b", "..\\x", "C:x"),
    *("\\\\h", "\\\\?\\C:\\x"),
    *("/etc/x", "a/../b", "a/./b", "a//b", "a/", "/", ".hidden", ".git/x", ".kling-spec/x", "a.", "a ", " a", "a\tb"),
    *("a:b", "a|b", "a<b", "a>b", 'a"b', "a?b", "a*b", "a;b", "a&b", "$(x)", "`x`", "$HOME", "{{x", "a'b", "[out]"),
    *("x" * 300, "ü" * 150, "é", "e\u0301", "ß", "SS", "\u017f", "ﬁ", "İ", "i̇", "K",
      "\u212a", "Å", "\u212b", "日本", "🦊"),
    *("a\u200bb", "a\u202eb", "a\u2028b", "a\x00b", "a\x1bb", "a\nb", "\ue000", "\ufeff"),
    *("file:x", "pipe:1", "concat:a"),
    *_DEVICES,
)  # fmt: skip
_ENDINGS = (".mp4", ".mp4.mp4", ".MP4", ".mov", ".sh", "")
OUTPUTS = [f"{part}{ending}" for part, ending in product(_PARTS, _ENDINGS)]
OUTPUTS += [f"{folder}/{part}.mp4" for folder, part in product(("a", "nul", "..", "-x", "a.", ".b"), _PARTS)]


def test_there_are_many_names() -> None:
    assert len(set(OUTPUTS)) >= 500


@pytest.mark.parametrize("start", range(0, len(OUTPUTS), 50))
def test_a_film_lies_below_the_output_folder_or_is_refused(start: int, tmp_path: Path) -> None:
    """T-D14: what passes can be made there, and is where it was said to be; through the whole compiler."""
    (tmp_path / "outside").mkdir()
    for name in OUTPUTS[start : start + 50]:
        text = json.dumps(
            {
                "kling_spec": 1,
                "shots": {"a": {"prompt": "x"}},
                "cuts": {"m": {"timeline": ["a"], "output": name}},
            }
        )
        if codes(text):
            continue
        [film] = _films(text)
        target = tmp_path / "outside" / "out" / film
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"film")
        assert target.resolve().is_relative_to(tmp_path / "outside" / "out")
        assert film == film.strip()
        assert film.isprintable()
        assert target.suffix.lower() in (".mp4", ".mov", ".m4v")
        assert not any(
            part.startswith(("-", ".", "~")) or part.endswith((".", " ")) for part in Path(film).parts
        )
        assert not any(
            part.split(".")[0].strip().casefold() in map(str.casefold, _DEVICES) for part in Path(film).parts
        )


def _films(text: str) -> list[str]:
    compiler = checked(text).compiler()
    films = [film.output for variant in compiler.variants() for film in variant.films]
    assert not [one for one in compiler.found if one.is_error]
    return films


def test_all_names_that_pass_are_distinct_on_every_file_system() -> None:
    """T-D14: two films of one spec never fall together where letters or forms of them are not told apart."""
    pairs = (
        ("film.mp4", "FILM.mp4"), ("film.mp4", "film.MP4"), ("é.mp4", "e\u0301.mp4"), ("ß.mp4", "ss.mp4"),
        ("K.mp4", "\u212a.mp4"), ("å.mp4", "\u212b.mp4"), ("a/b.mp4", "A/b.mp4"), ("a/b.mp4", "a//b.mp4"),
        ("a/b.mp4", "a/./b.mp4"), ("a.mp4", "a.mp4/b.mp4"), ("a.mp4/b.mp4", "a.mp4"), ("A.mp4/b.mp4", "a.mp4"),
    )  # fmt: skip
    for one, other in pairs:
        cuts = {"m": {"timeline": ["a"], "output": one}, "n": {"timeline": ["a"], "output": other}}
        text = json.dumps({"kling_spec": 1, "shots": {"a": {"prompt": "x"}}, "cuts": cuts})
        assert codes(text) == {"KS314"}, (one, other)


def test_films_that_nobody_names_are_named_safely_and_apart() -> None:
    """T-D14: names of campaigns and values of axes are texts of strangers too."""
    names = [
        part for part in _PARTS if part.strip() and not set(part) & set("\x00\x1b\u202e\u2028\ue000\ufeff")
    ]
    for name in names:
        text = json.dumps(
            {"kling_spec": 1, "name": name, "shots": {"a": {"prompt": "x"}}}, ensure_ascii=False
        )
        [film] = _films(text)
        assert not unsafe(film), name
        assert "/" not in film
        assert len(film.encode()) <= 160
    axis = sorted({folded(slug(name)): name for name in names if "{{" not in name}.values())
    text = json.dumps(
        {"kling_spec": 1, "matrix": {"m": axis}, "shots": {"a": {"prompt": "{{ m }}"}}}, ensure_ascii=False
    )
    films = _films(text)
    assert len(set(map(folded, films))) == len(films) == len(axis)
    alike = json.dumps(
        {"kling_spec": 1, "matrix": {"m": ["us", "US"]}, "shots": {"a": {"prompt": "{{ m }}"}}}
    )
    assert codes(alike) == {"KS314"}


def test_a_value_of_an_axis_becomes_a_short_plain_part_of_a_name() -> None:
    """T-D14: two long ones that begin alike stay two."""
    for value in (*_PARTS, 16.5, True, -1, "16:9"):
        part = slug(value)
        assert 0 < len(part.encode()) <= 64
        assert part.isprintable()
        assert not set(part) & set("/\\:*?\"<>| \t\n'$`%")
        assert not part.startswith((".", "-"))
        assert ".." not in part.strip(".") or "." in str(value)
    assert slug("x" * 300) != slug("x" * 301)
    assert slug("16:9") == "16x9"


def test_two_spellings_are_folded_alike() -> None:
    """T-D14: as file systems fold them, and a little more."""
    for one in ("Film.MP4", "É.mp4", "STRASSE.mp4", "ﬁ.mp4"):
        for other in (one.lower(), one.upper(), normalize("NFD", one), normalize("NFC", one.casefold())):
            assert folded(one) == folded(other)


def test_a_device_s_name_is_never_used_by_itself() -> None:
    """T-D14: `con` is no file on some systems, with any ending."""
    for device in _DEVICES:
        for written in (device, f"{device}.mp4", f"{device} .mp4", f"{device}.tar.mp4"):
            assert unsafe(written if written.endswith(".mp4") else f"{written}.mp4")
            assert not unsafe(f"{free_of_devices(device)}.mp4")
    assert not unsafe("console.mp4")
    assert not unsafe("com.mp4")
