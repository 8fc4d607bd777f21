"""Captions as strangers write them, and as players read ours."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_spec.media import Caption, Ffmpeg, MediaError, read_captions, srt, webvtt
from kling_spec.media._run import run

NASTY = "<i>x</i> <b>\n\n--> {b} & {\\an8} &lt; a < b > c {y:i} <3 -- 00:00:01,000 --> 00:00:02,000"


def read(folder: Path, data: str | bytes) -> list[tuple[float, float, str]]:
    file = folder / "subs"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return [(float(one.start), float(one.end), one.text) for one in read_captions(file).captions]


def caption(text: str, start: str = "1", end: str = "2") -> Caption:
    return Caption(start=Fraction(start), end=Fraction(end), text=text)


def test_an_srt_of_an_old_editor_is_read(tmp_path: Path) -> None:
    data = (
        b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> {\\an8}there\r\n\r\nagain\r\n\r\n"
        b"2\r\n0:00:00.5 --> 0:00:00.9 X1:10 X2:20\r\na < b\r\n3\r\n00:00:06,000 --> 00:00:07,000\r\n42"
    )

    assert read(tmp_path, data) == [(0.5, 0.9, "a < b"), (1, 2.5, "Hello there\nagain"), (6, 7, "42")]


def test_webvtt_with_styles_remarks_names_and_settings_is_read(tmp_path: Path) -> None:
    data = (
        "WEBVTT - a title\nKind: captions\n\nSTYLE\n::cue { a --> b }\n\nNOTE x --> y\n\nintro\n"
        "00:01.000 --> 00:02.000 align:start line:0\n<v Grace>I &lt;3 <c.loud>you</c> &amp; <00:01.500>me\n\n"
        "01:00:00.000 --> 01:00:01.000\nlate\n"
    )

    assert read(tmp_path, data) == [(1, 2, "I <3 you & me"), (3600, 3601, "late")]


def test_what_cannot_be_shown_is_left_out_and_told(tmp_path: Path) -> None:
    file = tmp_path / "subs.srt"
    file.write_text(
        "1\n00:00:05,000 --> 00:00:04,000\nback\n\n2\n00:00:01,000 --> 00:00:02,000\n<i></i>\n\n"
        f"3\n00:00:01,000 --> 00:00:02,000\n{'a' * 1001}\n\n4\n00:00:03,000 --> 00:00:04,000\nok\n"
    )

    found = read_captions(file)

    assert [one.text for one in found.captions] == ["ok"]
    assert found.notes == (
        "line 2: this caption ends before it has begun",
        "line 6: this caption has no words",
        "line 10: this caption has 1001 characters, more than can be read",
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "there are no captions in it"),
        (b"once upon a time", "there are no captions in it"),
        (b"1\n00:00:01,000 --> 00:00:02,000\ncaf\xe9\n", "line 3 is not written in UTF-8"),
        (b"1\n00:00:01 -> x --> 00:00:02,000\nhi\n", "line 2 has no times that can be read"),
        (b"1\nsoon --> later\nhi\n", "line 2 has no times that can be read"),
        (b"a" * (4 * 1024**2 + 1), "it has more than 4 MiB"),
        (b"00:00:01,000 --> 00:00:02,000\na\n\n" * 20_001, "it holds 20001 captions"),
    ],
    ids=["empty", "a tale", "latin-1", "half a time", "words for times", "too large", "too many"],
)
def test_a_file_that_cannot_be_read_says_what_and_where(data: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=said):
        read(tmp_path, data)


def test_a_file_of_nothing_but_marks_is_read_in_one_go(tmp_path: Path) -> None:
    lines = "WEBVTT\n\nNOTE\n" + "x --> y\n" * 400_000

    with pytest.raises(MediaError, match="there are no captions"):
        read(tmp_path, lines)


def test_both_formats_say_the_same_times() -> None:
    one = [caption("hello", "3599.9996", "3601.0004")]

    assert srt(one) == "1\n01:00:00,000 --> 01:00:01,000\nhello\n"
    assert webvtt(one) == "WEBVTT\n\n01:00:00.000 --> 01:00:01.000\nhello\n"


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5), st.sampled_from([srt, webvtt]))
def test_what_is_written_is_read_again_as_many_captions_with_the_same_words(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], write: Callable[[list[Caption]], str]
) -> None:
    told = [caption(f"a {text} z", f"{2 * at}", f"{2 * at + 1}") for at, text in enumerate(texts)]

    file = tmp_path_factory.getbasetemp() / "property"
    file.write_text(write(told), encoding="utf-8", errors="ignore", newline="")
    again = read_captions(file).captions

    assert [(one.start, one.end) for one in again] == [(one.start, one.end) for one in told]
    for before, after in zip(told, again, strict=True):
        assert shown(after.text) == shown(before.text.encode(errors="ignore").decode())


def shown(text: str) -> str:
    """What is seen of it: no spaces, no characters that are not there to be seen."""
    seen = (char for char in text if not char.isspace() and char > " ")
    return "".join(char for char in seen if not "\x7f" <= char <= "\x9f").replace("\u2060", "")


def test_words_of_strangers_are_no_markup_to_a_player(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    file, film = tmp_path / "subs.srt", tmp_path / "subs.mp4"
    file.write_text(srt([caption(NASTY), caption("after", "3", "4")]), encoding="utf-8")

    run(ffmpeg.path, ["-f", "srt", "-i", str(file), "-c:s", "mov_text", str(film)])

    with av.open(str(film)) as container:
        packets = [bytes(packet) for packet in container.demux(subtitles=0) if packet.size > 2]
    texts = [data[2 : 2 + int.from_bytes(data[:2], "big")].decode() for data in packets]
    assert [shown(text) for text in texts] == [shown(NASTY), "after"]
    assert all(b"styl" not in data for data in packets)
