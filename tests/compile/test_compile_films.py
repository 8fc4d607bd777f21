"""What a person writes under `cuts`, and the films that it becomes."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kling_spec.diagnostics import SpecError
from kling_spec.ir import (
    AssetEntry,
    Codec,
    Container,
    Film,
    Fit,
    GapEntry,
    LocalFile,
    Place,
    ShotEntry,
    TransitionKind,
)
from kling_spec.session import Checked

ROOT = Path(__file__).parents[2]
HEAD = """
kling_spec: 1
name: light
assets:
  logo: {image: https://example.com/logo.png}
  walk: {video: https://example.com/walk.mp4, duration: 6}
  bed: {audio: https://example.com/bed.mp3}
  talk_en: {audio: https://example.com/talk-en.mp3}
  talk_de: {audio: https://example.com/talk-de.mp3}
  serif: {font: fonts/serif.ttf}
  subs_en: {captions: subs-en.srt}
  subs_de: {captions: subs-de.vtt}
matrix:
  market:
    us: {lang: en, hello: Hello}
    de: {lang: de, hello: Hallo}
shots:
  open: {prompt: a tower, caption: "{{ hello }}, tower"}
  on: {prompt: and on, next_of: open}
  chase:
    prompt: rooftops
    extend: [{prompt: the alley, duration: 5}]
    caption: "{{ 'now' if market == 'us' else '' }}"
"""


def films(cuts: str, folder: Path) -> dict[tuple[str, str, str], Film]:
    """The films of the spec by variant, cut and delivery."""
    (folder / "fonts").mkdir()
    (folder / "fonts" / "serif.ttf").write_bytes(b"\0\1\0\0" + bytes(60))
    for name in ("subs-en.srt", "subs-de.vtt"):
        (folder / name).write_text("1\n00:00:01,000 --> 00:00:02,000\nhi\n")
    checked = Checked(folder / "light.yaml", text=HEAD + cuts, environment={})
    assert [one for one in checked.check() if one.severity == "error"] == []
    variants = checked.compiler().variants()
    made = [film for variant in variants for film in variant.films]
    return {(film.variant, film.cut, film.delivery.name): film for film in made}


def one(cuts: str, folder: Path, variant: str = "us") -> Film:
    """The only film of the variant."""
    (film,) = [film for key, film in films(cuts, folder).items() if key[0] == variant]
    return film


def main(**keys: Any) -> str:
    """A cut, written as JSON, which YAML is as well."""
    return "cuts: " + json.dumps({"main": {"timeline": ["open"], **keys}}) + "\n"


def test_a_shots_caption_is_read_unless_the_entry_has_its_own(tmp_path: Path) -> None:
    made = films(main(timeline=["open", {"shot": "on", "caption": "{{ hello }} again"}, "chase"]), tmp_path)

    captions = {key[0]: [entry.caption for entry in film.entries] for key, film in made.items()}
    assert captions == {
        "us": ["Hello, tower", "Hello again", "now", "now"],
        "de": ["Hallo, tower", "Hallo again", "", ""],
    }


def test_captions_come_from_the_file_of_the_variant(tmp_path: Path) -> None:
    asked = {
        "file": "{{ 'subs_' ~ lang }}",
        "language": "{{ lang }}",
        "burn": True,
        "font": "serif",
        "size": 0.05,
    }

    made = films(main(captions=asked), tmp_path)

    for variant, file in (("us", "subs-en.srt"), ("de", "subs-de.vtt")):
        read = made[variant, "main", ""].captions
        assert isinstance(read.file, LocalFile)
        assert (read.file.path, read.language) == (file, {"us": "en", "de": "de"}[variant])
        assert (read.is_burnt, read.size, read.font.path) == (True, Decimal("0.05"), "fonts/serif.ttf")


@pytest.mark.parametrize(
    ("written", "is_read"), [({"captions": True}, True), ({"captions": False}, False), ({}, False)]
)
def test_captions_of_shots_are_asked_for_in_one_word(
    written: dict[str, bool],
    is_read: bool,  # noqa: FBT001 -- a table
    tmp_path: Path,
) -> None:
    film = one(main(**written), tmp_path)

    assert (film.captions is not None) == is_read
    if film.captions is not None:
        assert (film.captions.file, film.captions.is_burnt, film.captions.language) == (None, False, "")


def test_captions_of_an_asset_are_named_alone(tmp_path: Path) -> None:
    assert one(main(captions="subs_en"), tmp_path).captions.file.path == "subs-en.srt"


def test_overlays_of_films_and_entries_are_words_and_pictures(tmp_path: Path) -> None:
    over = [
        {
            "text": "{{ hello }}\nyou",
            "position": "top_left",
            "size": 0.1,
            "color": "#ffd400",
            "font": "serif",
        },
        {"image": "{{ logo }}", "start": 1, "end": 2.5, "opacity": 0.4},
    ]
    entry = {"shot": "chase", "overlays": [{"text": "chase", "start": 0.5}]}

    film = one(main(timeline=["open", entry], overlays=over), tmp_path)

    text, image = film.layers
    assert (text.text, text.place, text.size) == ("Hello\nyou", Place.TOP_LEFT, Decimal("0.1"))
    assert (text.color, text.font.path, text.end) == ("#ffd400", "fonts/serif.ttf", None)
    assert (image.name, image.image.url, image.size) == (
        "logo",
        "https://example.com/logo.png",
        Decimal("0.2"),
    )
    assert (image.start, image.end, image.opacity) == (1, Decimal("2.5"), Decimal("0.4"))
    assert [[layer.text for layer in one.layers] for one in film.entries] == [[], ["chase"], []]


def test_formats_make_a_film_each_with_its_name_before_the_ending(tmp_path: Path) -> None:
    formats = {
        "wide": {},
        "phone": {"ratio": "9:16", "fit": "blur", "rate": 30},
        "master": {"size": "1280x720", "codec": "prores"},
        "web": {"container": "webm"},
        "small": {"codec": "hevc", "container": "mov"},
    }

    made = films(main(formats=formats, rate=25, output="{{ market }}.mp4"), tmp_path)

    found = {name: film for (variant, _, name), film in made.items() if variant == "us"}
    assert {name: film.output for name, film in found.items()} == {
        "wide": "us-wide.mp4",
        "phone": "us-phone.mp4",
        "master": "us-master.mov",
        "web": "us-web.webm",
        "small": "us-small.mov",
    }
    assert {name: (one.delivery.codec, one.delivery.container) for name, one in found.items()} == {
        "wide": (Codec.H264, Container.MP4),
        "phone": (Codec.H264, Container.MP4),
        "master": (Codec.PRORES, Container.MOV),
        "web": (Codec.VP9, Container.WEBM),
        "small": (Codec.HEVC, Container.MOV),
    }
    phone, master = found["phone"].delivery, found["master"].delivery
    assert (phone.ratio, phone.fit, phone.rate) == ((9, 16), Fit.BLUR, 30)
    assert (master.width, master.height, master.fit, master.rate) == (1280, 720, Fit.COVER, 25)
    assert len({film.entries for film in found.values()}) == 1


def test_the_ending_of_the_output_says_what_a_film_without_formats_is(tmp_path: Path) -> None:
    film = one(main(output="{{ market }}.webm"), tmp_path)

    assert (film.delivery.name, film.delivery.codec, film.delivery.container) == (
        "",
        Codec.VP9,
        Container.WEBM,
    )


def test_gaps_and_assets_are_entries(tmp_path: Path) -> None:
    timeline = [
        {"gap": 1.5, "color": "#101418", "caption": "{{ hello }}"},
        {"gap": 2},
        {"asset": "logo", "duration": 3, "transition": {"type": "wipe", "duration": 0.4}},
        {"asset": "walk", "trim": [1, 4], "speed": 2},
    ]

    gap, black, still, video = one(main(timeline=timeline), tmp_path).entries

    assert isinstance(gap, GapEntry)
    assert (gap.seconds, gap.color, gap.caption) == (Decimal("1.5"), "#101418", "Hello")
    assert isinstance(black, GapEntry)
    assert black.color == "#000000"
    assert isinstance(still, AssetEntry)
    assert (still.kind, still.seconds) == ("image", 3)
    assert (still.transition.kind, still.transition.seconds) == (TransitionKind.WIPE, Decimal("0.4"))
    assert isinstance(video, AssetEntry)
    assert (video.kind, video.start, video.end, video.speed) == ("video", 1, 4, 2)


def test_speed_fit_gain_and_mute_are_of_every_part_of_a_shot(tmp_path: Path) -> None:
    entry = {"shot": "chase", "speed": 0.5, "fit": "blur", "gain": -6, "mute": True}

    film = one(main(timeline=[entry], fit="cover"), tmp_path)

    assert [part.task for part in film.entries] == ["us/chase", "us/chase+1"]
    assert {(part.speed, part.fit, part.gain, part.is_mute) for part in film.entries} == {
        (Decimal("0.5"), Fit.BLUR, -6, True)
    }
    assert film.fit is Fit.COVER


def test_a_join_is_where_a_shot_goes_on_from_the_one_before(tmp_path: Path) -> None:
    timeline = ["open", {"shot": "on", "join": "auto"}, "chase", "on"]

    entries = one(main(timeline=timeline), tmp_path).entries

    assert all(isinstance(entry, ShotEntry) for entry in entries)
    assert [(entry.task, entry.is_continued, entry.is_join_trimmed) for entry in entries] == [
        ("us/open", False, False),
        ("us/on", True, True),
        ("us/chase", False, False),
        ("us/chase+1", True, False),
        ("us/on", False, False),
    ]


def test_the_sound_is_what_the_keys_say(tmp_path: Path) -> None:
    audio = {
        "music": "bed",
        "music_gain": -18,
        "music_fade": [0.5, 2],
        "duck": True,
        "voice": "{{ 'talk_' ~ lang }}",
        "voice_from": 1.5,
        "voice_gain": 2,
        "clips_gain": -3,
        "mute_clips": True,
        "loudness": -16,
    }

    made = films(main(audio=audio), tmp_path)

    sound = made["de", "main", ""].sound
    assert sound.voice.url == "https://example.com/talk-de.mp3"
    assert made["us", "main", ""].sound.voice.url == "https://example.com/talk-en.mp3"
    assert (sound.music_gain, sound.music_fade_in, sound.music_fade_out) == (-18, Decimal("0.5"), 2)
    assert (sound.duck, sound.voice_start, sound.voice_gain) == (True, Decimal("1.5"), 2)
    assert (sound.clips_gain, sound.is_clips_mute, sound.loudness) == (-3, True, -16)


@pytest.mark.parametrize(
    ("audio", "loudness"),
    [({"music": "bed"}, -14), ({"music": "bed", "loudness": "as_is"}, None), ({"duck": False}, None)],
    ids=["music", "music as it is", "no music"],
)
def test_music_is_brought_to_a_level_unless_somebody_says_no(
    audio: dict[str, Any], loudness: int | None, tmp_path: Path
) -> None:
    assert one(main(audio=audio), tmp_path).sound.loudness == loudness


def test_nothing_of_a_cut_changes_what_is_paid_for() -> None:
    """Captions, overlays, deliveries and sound are of the film: no payload and no fingerprint knows them."""
    written = (ROOT / "specs" / "trailer.yaml").read_text(encoding="utf-8")
    bare = "".join(
        line
        for line in written.partition("cuts:")[0].splitlines(keepends=True)
        if not line.strip().startswith("caption:")
    )
    assert bare.count("caption") == written.partition("cuts:")[0].count("caption") - 1

    rows = [*Checked(ROOT / "specs" / "trailer.yaml", text=written, environment={}).compile()]
    without = [*Checked(ROOT / "specs" / "trailer.yaml", text=bare, environment={}).compile()]

    assert [told(row) for row in rows] == [told(row) for row in without]
    assert len({json.loads(row)["fingerprint"] for row in rows}) == 2


def told(row: str) -> dict[str, Any]:
    """The row without where its task stands in the file."""
    return {key: value for key, value in json.loads(row).items() if key != "origin"}


def test_a_language_that_is_none_is_told_with_its_variant(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        films(main(captions={"language": "{{ 'english' if market == 'us' else 'de' }}"}), tmp_path)

    assert [(one.code, one.message) for one in raised.value.diagnostics if one.is_error] == [
        ("KS330", "'english' is no language tag in variant us")
    ]
