"""An edit in the words of the spec."""

from dataclasses import replace
from decimal import Decimal

from exchange_films import HERE, gap, over, shot

from kling_spec.exchange import timeline_yaml
from kling_spec.ir import AssetEntry, Entry, Film, LocalFile
from kling_spec.source import parse

CHASE = {"shot": "chase", "caption": "Run: now", "transition": {"type": "wipe"}}
WRITTEN = {0: {"shot": "open"}, 1: CHASE, 2: CHASE, 3: {"asset": "card", "duration": 2}}
SECONDS = {"us/open": 5, "us/chase": 5, "us/chase+1": 10}
BEFORE = (
    shot("us/open"),
    shot("us/chase", transition=over("0.5")),
    shot("us/chase+1", is_continued=True),
    AssetEntry(name="card", kind="image", source=LocalFile("c.png", "0"), seconds=Decimal(2), origin=HERE),
)


def film(*entries: Entry) -> Film:
    return Film(cut="main", variant="us", output="x.mp4", entries=entries, origin=HERE)


def told(*entries: Entry, origins: tuple[int | None, ...]) -> list[str]:
    text = timeline_yaml(film(*entries), origins, film(*BEFORE), WRITTEN, SECONDS)
    document, found = parse(text, "spec.yaml")
    assert document is not None, found
    assert not found
    return [line.strip() for line in text.splitlines()[3:]]


def test_a_shot_with_its_extensions_that_was_moved_as_a_whole_stays_one_entry() -> None:
    first = replace(BEFORE[1], transition=None)

    assert told(first, BEFORE[2], BEFORE[0], origins=(1, 2, 0)) == [
        '- {shot: chase, caption: "Run: now"}',
        "- open",
    ]


def test_a_part_of_it_is_a_trim_of_the_whole_shot() -> None:
    second = replace(BEFORE[2], start=Decimal(2), end=Decimal("9.5"))

    assert told(second, BEFORE[0], origins=(2, 0)) == [
        '- {shot: chase, trim: [7, 14.5], caption: "Run: now"}',
        "- open",
    ]


def test_a_still_a_gap_and_a_new_transition_are_said_in_full() -> None:
    card = replace(BEFORE[3], seconds=Decimal("3.5"), transition=over("0.25"))

    assert told(BEFORE[0], gap("0.5", color="#ff0000"), card, origins=(0, None, 3)) == [
        "- open",
        '- {gap: 0.5, color: "#ff0000"}',
        "- {asset: card, duration: 3.5, transition: {type: crossfade, duration: 0.25}}",
    ]


def test_what_a_trim_cannot_name_stands_beside_it() -> None:
    longer = replace(BEFORE[0], start=Decimal(1), end=Decimal("5.041667"))

    assert told(longer, origins=(0,)) == [
        "- {shot: open, trim: [1, 5]}  # the edit ends 0.041667 s later; a trim reaches as far as the 5 s ordered"
    ]
