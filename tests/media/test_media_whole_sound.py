"""Music and voices of which a part is missing are refused; what players put behind a sound is no part of it."""

from pathlib import Path

import pytest

from kling_spec.media import Ffmpeg, MediaError
from kling_spec.media._run import run
from kling_spec.media._whole_sound import check_is_whole

KINDS = ("mp3", "wav", "flac", "ogg", "m4a", "aac")
BEHIND = {
    "nothing": b"",
    "a tag": b"TAG" + bytes(125),
    "another tag": b"APETAGEX" + bytes(24),
    "zeroes": bytes(5000),
}


@pytest.fixture(scope="module")
def sounds(maker: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sounds")
    found = {}
    for kind in KINDS:
        made = folder / f"made.{kind}"
        run(maker.path, ["-f", "lavfi", "-i", "sine=440:duration=2", "-ac", "2", str(made)])
        found[kind] = made.read_bytes()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_sound_is_whole_whatever_stands_behind_it(
    kind: str, sounds: dict[str, bytes], tmp_path: Path
) -> None:
    for what, behind in BEHIND.items():
        sound = tmp_path / what
        sound.write_bytes(sounds[kind] + behind)
        check_is_whole(sound, "the music")


@pytest.mark.parametrize("kind", KINDS)
def test_a_hole_in_a_sound_is_told(kind: str, sounds: dict[str, bytes], tmp_path: Path) -> None:
    data, sound = sounds[kind], tmp_path / "sound"
    middle = len(data) // 2
    lost = (
        data[:middle] + data[middle + 6000 :]
        if kind == "wav"
        else data[:middle] + bytes(2000) + data[middle + 2000 :]
    )
    sound.write_bytes(lost)

    with pytest.raises(MediaError, match=r"the voice is (damaged|cut short)"):
        check_is_whole(sound, "the voice")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "m4a"])
def test_half_a_sound_is_told_where_its_file_says_how_long_it_is(
    kind: str, sounds: dict[str, bytes], tmp_path: Path
) -> None:
    sound = tmp_path / "sound"
    sound.write_bytes(sounds[kind][: len(sounds[kind]) // 2])

    with pytest.raises(MediaError, match=r"cut short|end of file"):
        check_is_whole(sound, "the voice")


def test_a_wave_from_a_pipe_does_not_say_how_long_it_is(sounds: dict[str, bytes], tmp_path: Path) -> None:
    data, sound = sounds["wav"], tmp_path / "sound"
    at = data.index(b"data")
    sound.write_bytes(b"RIFF\xff\xff\xff\xff" + data[8 : at + 4] + b"\xff\xff\xff\xff" + data[at + 8 :])

    check_is_whole(sound, "the voice")
