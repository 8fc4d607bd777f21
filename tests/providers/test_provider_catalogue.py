"""HiAPI's live price list: what is understood as a whole becomes a price, and nothing else does."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_asks import NOW, PROVIDERS
from provider_replies import ANYTHING, MUTATIONS, places, reply

from kling_spec.providers import Price, Reply, provider

TEXT, FRAMES = "kling-3.0-omni/text-to-video", "kling-3.0-omni/image-to-video"
P720 = {"resolution": {"match": "720p"}}
LOUD = {"resolution": {"match": "720p"}, "sound": {"match": True}}
POLICIES: list[Any] = [
    {"rule": P720, "usd_value": 0.1},
    {"rule": LOUD, "usd_value": 0.143},
    {"rule": {"resolution": {"match": ["1080p"]}}, "times": 1.5},
]


def read(body: Any, status: int = 200) -> list[Price]:
    catalogue = provider("hiapi").catalogue
    assert catalogue is not None
    return list(catalogue.read(Reply(status=status, body=body), NOW))


def row(policies: Any = POLICIES, **fields: Any) -> dict[str, Any]:
    usual = {"model_name": TEXT, "factors": ["duration"], "base_usd_value": 0.1, "policies": policies}
    return {key: value for key, value in (usual | fields).items() if value is not ...}


def rates(body: Any) -> dict[tuple[str, str], str]:
    """The price of a second by resolution and case."""
    return {(price.resolution, price.case): str(price.amount.normalize()) for price in read(body)}


def rates_of(*policies: Any, **fields: Any) -> dict[tuple[str, str], str]:
    return rates({"data": [row(list(policies), **fields)]})


def test_only_hiapi_serves_a_price_list() -> None:
    assert [name for name in PROVIDERS if provider(name).catalogue is not None] == ["hiapi"]
    catalogue = provider("hiapi").catalogue
    assert catalogue is not None
    assert (catalogue.request.method, catalogue.request.path) == ("GET", "/api/pricing")


def test_the_most_specific_rule_wins_over_others_and_over_the_base_price() -> None:
    expected = {
        ("720p", "plain"): "0.1",
        ("720p", "sound"): "0.143",
        ("1080p", "plain"): "0.15",
        ("1080p", "sound"): "0.15",
        ("4k", "plain"): "0.1",
        ("4k", "sound"): "0.1",
    }

    assert rates({"data": [row()]}) == expected
    assert rates({"data": [row(POLICIES[::-1])]}) == expected


def test_each_model_has_rows_of_its_own() -> None:
    found = read(reply("hiapi", "catalogue").body)

    assert {(price.model_id, price.resolution, price.case) for price in found} == {
        (model, resolution, case)
        for model in (TEXT, FRAMES)
        for resolution in ("720p", "1080p", "4k")
        for case in ("plain", "sound")
    }
    assert {price.model for price in found} == {"v3-omni"}
    assert {price.currency for price in found} == {"USD"}
    assert {price.as_of for price in found} == {NOW.date()}
    by_model = {price.model_id: price.amount for price in found if price.resolution == "1080p"}
    assert by_model == {TEXT: Decimal("0.15"), FRAMES: Decimal("0.3")}
    assert all("catalogue" in price.source for price in found)


def test_rules_that_say_as_much_and_differ_give_no_row() -> None:
    found = rates_of({"rule": P720, "usd_value": 0.1}, {"rule": {"sound": {"match": True}}, "usd_value": 0.2})

    assert ("720p", "sound") not in found
    assert (found["720p", "plain"], found["1080p", "sound"]) == ("0.1", "0.2")
    assert (
        rates_of({"rule": P720, "usd_value": 0.1}, {"rule": P720, "usd_value": 0.1})["720p", "plain"] == "0.1"
    )
    assert rates_of(*POLICIES, {"rule": P720, "usd_value": 0.7})["720p", "sound"] == "0.143"


def test_a_rule_that_matches_one_of_several_values_fits() -> None:
    found = rates_of({"rule": {"resolution": {"match": ["720p", "4K"]}}, "usd_value": "0.3"})

    assert (found["720p", "plain"], found["4k", "sound"], found["1080p", "plain"]) == ("0.3", "0.3", "0.1")


@pytest.mark.parametrize("on", [True, "true", "True"])
def test_a_switch_may_stand_as_text(on: Any) -> None:
    found = rates_of({"rule": {"sound": {"match": on}}, "usd_value": 0.2})

    assert (found["720p", "sound"], found["720p", "plain"]) == ("0.2", "0.1")


def test_four_k_is_written_with_a_capital_there() -> None:
    assert rates_of({"rule": {"resolution": {"match": "4K"}}, "usd_value": 0.4})["4k", "plain"] == "0.4"
    assert rates_of({"rule": {"resolution": {"match": "4k"}}, "usd_value": 0.4})["4k", "plain"] == "0.1"


def test_a_policy_without_a_rule_replaces_the_base_price() -> None:
    assert set(rates_of({"usd_value": 0.2}).values()) == {"0.2"}
    assert set(rates_of({"rule": None, "times": 3}).values()) == {"0.3"}
    assert set(rates_of({"rule": {}, "times": 3}).values()) == {"0.3"}


def test_a_rule_on_a_field_that_is_never_sent_does_not_fit() -> None:
    assert set(rates_of({"rule": {"quality": {"match": "high"}}, "usd_value": 9}).values()) == {"0.1"}
    assert set(rates_of({"rule": {"video_url": {"with": True}}, "usd_value": 9}).values()) == {"0.1"}
    assert set(rates_of({"rule": {"video_url": {"with": False}}, "usd_value": 9}).values()) == {"9"}


@pytest.mark.parametrize("name", ["duration", "aspect_ratio", "image_urls", "prompt"])
@pytest.mark.parametrize("condition", [{"match": 10}, {"with": True}])
def test_a_rule_on_a_field_that_no_row_depends_on_gives_no_row(name: str, condition: dict[str, Any]) -> None:
    assert rates_of({"rule": {name: condition}, "usd_value": 9}) == {}


@pytest.mark.parametrize(
    "rule",
    [
        {"resolution": {"gt": 5}},
        {"resolution": {"match": "720p", "unless": "4K"}},
        {"resolution": {}},
        {"resolution": "720p"},
        {"resolution": ["720p"]},
        {"sound": None},
        [{"resolution": {"match": "720p"}}],
        "720p",
        7,
        True,
    ],
    ids=str,
)
def test_a_condition_that_nobody_knows_gives_no_row(rule: Any) -> None:
    assert rates_of({"rule": rule, "usd_value": 0.3}) == {}


@pytest.mark.parametrize(
    "factors",
    [
        [],
        ["duration", "resolution"],
        ["duration", "duration"],
        ["characters"],
        ["Duration"],
        [None],
        [["duration"]],
        [{"name": "duration"}],
        "duration",
        {"duration": 1},
        None,
        ...,
    ],
    ids=str,
)
def test_a_price_that_is_not_by_the_second_alone_gives_no_row(factors: Any) -> None:
    assert rates_of(factors=factors) == {}


@pytest.mark.parametrize("factor", ["duration", "seconds", "duration_seconds"])
def test_seconds_are_called_differently(factor: str) -> None:
    assert len(rates_of(factors=[factor])) == 6


@pytest.mark.parametrize(
    "amount", [0, 0.0, "0", -1, None, "free", "", True, [], {}, "NaN", "Infinity", "1e99", ...], ids=str
)
def test_a_price_of_nothing_or_none_gives_no_row(amount: Any) -> None:
    assert rates_of(base_usd_value=amount) == {}
    assert ("720p", "plain") not in rates_of({"rule": P720, "usd_value": amount})
    assert ("720p", "plain") not in rates_of({"rule": P720, "times": amount})
    assert rates_of({"rule": P720, "usd_value": amount})["1080p", "plain"] == "0.1"


def test_a_factor_without_a_base_price_gives_no_row() -> None:
    assert rates_of({"rule": P720, "times": 2}, base_usd_value=None) == {}
    assert rates_of({"rule": P720, "usd_value": 0.2}, base_usd_value=None) == {
        ("720p", "plain"): "0.2",
        ("720p", "sound"): "0.2",
    }


def test_a_price_is_read_as_it_is_written() -> None:
    assert rates_of(base_usd_value=0.1)["720p", "plain"] == "0.1"
    assert rates_of(base_usd_value="0.0840")["720p", "plain"] == "0.084"


@pytest.mark.parametrize("policies", [None, [], "none", 7, ...], ids=str)
def test_without_policies_the_base_price_holds(policies: Any) -> None:
    assert set(rates({"data": [row(policies)]}).values()) == {"0.1"}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        "<html>",
        {"data": None},
        {"data": []},
        {"data": [None, 7, "x"]},
        {"data": [{"model_name": "another/model", "base_usd_value": 1, "factors": ["duration"]}]},
        {"data": [{"model_name": None}]},
        {"data": {"model_name": TEXT}},
    ],
    ids=str,
)
def test_a_list_without_our_models_gives_no_row(body: Any) -> None:
    assert read(body) == []


@pytest.mark.parametrize("status", [302, 401, 404, 429, 500, 503])
def test_a_list_that_came_with_an_error_is_not_read(status: int) -> None:
    assert read({"data": [row()]}, status) == []


# -- whatever comes ------------------------------------------------------------------------------


@given(st.integers(), ANYTHING)
def test_the_list_is_read_without_raising_whatever_it_is(status: int, body: Any) -> None:
    read(body, status)


@pytest.mark.parametrize("how", MUTATIONS)
@given(data=st.data())
def test_a_list_that_changed_gives_prices_above_nothing_or_none(how: str, data: st.DataObject) -> None:
    body = reply("hiapi", "catalogue").body
    there = places(body)
    MUTATIONS[how](there[data.draw(st.integers(0, len(there) - 1))], data.draw)

    found = read(body)

    assert all(price.amount > 0 for price in found)
    assert len({(price.model_id, price.resolution, price.case) for price in found}) == len(found)


@given(st.lists(st.sampled_from(POLICIES), max_size=4), ANYTHING)
def test_policies_may_hold_anything(policies: list[Any], odd: Any) -> None:
    read(
        {"data": [row([*policies, odd, {"rule": odd, "usd_value": 1}, {"rule": {"sound": odd}, "times": 2}])]}
    )
    read({"data": [row([{"rule": {"sound": {"match": odd, "with": odd}}, "times": odd}])]})
