"""What a task costs by each provider's own list."""

from decimal import Decimal

import pytest
from provider_asks import CARD, PROVIDERS, WALK, ask, lowering, video

from kling_spec.ir import Ask, Media, MediaKind, Resolution
from kling_spec.providers import Cost, charged, read_profile

P720, K4 = Resolution.P720, Resolution.K4

LISTED: list[tuple[str, Ask, str]] = [
    ("kling", ask(), "0.56"),
    ("kling", ask(resolution=P720), "0.42"),
    ("kling", ask(resolution=P720, sound=True, duration=8), "0.896"),
    ("kling", ask(sound=True), "0.7"),
    ("kling", ask(reference_video=WALK), "0.84"),
    ("kling", ask(reference_video=WALK, keep_sound=True), "0.84"),
    ("kling", ask(edit=WALK), "1.008"),
    ("kling", ask(edit=video("6.5")), "1.176"),
    ("kling", ask(resolution=K4), "2.1"),
    ("kling", ask(resolution=K4, sound=True), "2.1"),
    ("kling", ask(resolution=K4, edit=WALK), "2.52"),
    ("kling", ask(model="o1", resolution=P720), "0.42"),
    ("kling", ask(model="o1", reference_video=WALK), "0.84"),
    ("runware", ask(resolution=P720, sound=True), "0.56"),
    ("runware", ask(model="o1", images=(CARD,)), "0.84"),  # as "reference to video"
    ("runware", ask(model="o1", first_frame=CARD), "0.56"),
    ("kling-2026", ask(), "0.56"),
    ("kling-2026", ask(resolution=P720), "0.42"),
    ("kling-2026", ask(sound=True, duration=15), "2.1"),
    ("kling-2026", ask(reference_video=WALK), "0.84"),
    ("kling-2026", ask(edit=video("3.4"), keep_sound=True), "0.504"),
    ("kling-2026", ask(edit=video("3.5")), "0.672"),
    ("kling-2026", ask(resolution=K4, sound=True), "2.1"),
    ("kling-2026", ask(images=(CARD,)), "0.56"),
    ("kling-2026", ask(model="o1", resolution=P720, duration=10), "0.84"),
    ("kling-2026", ask(model="o1", edit=WALK), "1.008"),
    ("runware", ask(resolution=K4, reference_video=WALK), "2.1"),
    ("apimodels", ask(), "0.4265"),
    ("apimodels", ask(resolution=P720, sound=True), "0.478"),
    ("apimodels", ask(reference_video=WALK), "0.4265"),
    ("apimodels", ask(reference_video=WALK, keep_sound=True), "0.5295"),
    ("apimodels", ask(model="o1", edit=WALK, keep_sound=True), "0.5118"),
]


def cost(name: str, wanted: Ask) -> Cost:
    return lowering(name).pattern(wanted).cost


@pytest.mark.parametrize(("name", "wanted", "amount"), LISTED)
def test_a_cost_is_seconds_times_the_listed_rate(name: str, wanted: Ask, amount: str) -> None:
    found = cost(name, wanted)

    assert found.amount == Decimal(amount)
    assert found.currency == "USD"
    assert found.as_of is not None


def test_hiapi_publishes_no_price_so_its_cost_is_unknown() -> None:
    found = cost("hiapi", ask())

    assert found.amount is None
    assert "no prices" in found.basis


def test_an_edit_of_unknown_length_costs_nobody_knows_what() -> None:
    unknown = Media(name="walk", kind=MediaKind.VIDEO, source=WALK.source)

    assert cost("kling", ask(edit=unknown)).amount is None


def test_a_doubtful_rate_says_so() -> None:
    assert "as reference to video; 0.112 if" in cost("runware", ask(model="o1", images=(CARD,))).basis
    assert "the page has none for a video" in cost("apimodels", ask(edit=WALK)).basis
    assert "its header says from 0.0064" in cost("apimodels", ask()).basis


def test_both_standards_of_kling_cost_the_same() -> None:
    rows = [
        {(row.model, row.resolution, row.case, row.amount) for row in read_profile(name).prices}
        for name in ("kling", "kling-2026")
    ]

    assert rows[0] == rows[1]


def test_units_that_were_taken_are_also_told_as_money() -> None:
    for name in ("kling", "kling-2026"):
        assert charged(Decimal(8), "units", read_profile(name)) == "8.00 units (1.12 USD)"
    assert charged(Decimal("1.12"), "USD", read_profile("kling-2026")) == "1.12 USD"
    assert charged(Decimal(8), "units", read_profile("hiapi")) == "8.00 units"


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_price_list_has_each_row_once_and_only_for_what_is_made(name: str) -> None:
    profile = read_profile(name)
    rows = [(row.model, row.resolution, row.case) for row in profile.prices]

    assert len(rows) == len(set(rows))
    for model, resolution, case in rows:
        known = profile.model(model)
        assert known is not None
        assert resolution in known.resolutions
        assert known.sound or case != "sound"
