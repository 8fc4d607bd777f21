"""Traps 61 to 74: what a task costs before it is sent, and what is said of it where nobody knows."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from trap_specs import (
    ALL,
    VIDEO,
    cost,
    errors,
    found,
    payload,
    payloads,
    rows,
    shot,
    warnings,
)

from kling_spec.providers import Reply, Status, charged, provider, provider_names, read_profile
from kling_spec.session import Session

LISTED = ("kling", "kling-2026", "runware")
"""Those that follow Kling's own list."""
EDIT = ["edit: walk", 'prompt: "{{ walk }} by night"']
REFER = ["reference_video: walk", 'prompt: "as in {{ walk }}"']
PLAIN = ["prompt: A fox runs"]


def at(resolution: str, *lines: str, model: str = "v3-omni") -> str:
    return shot(*lines, f"resolution: {resolution}", model=model)


def basis(text: str, name: str) -> str:
    """How the cost of the only task comes about."""
    [row] = rows(text, name)
    return str(row["cost"]["basis"])


@pytest.mark.parametrize(("written", "seconds"), [("6", 6), ("5.4", 5), ("5.5", 6), ("9.49", 9), ("9.5", 10)])
@pytest.mark.parametrize("name", LISTED)
def test_trap_61_an_edit_costs_by_the_length_of_its_input(name: str, written: str, seconds: int) -> None:
    """Rounded to whole seconds; a duration beside it is refused or not applied, and an unknown length is unknown."""
    text = shot(*EDIT)
    default = text.replace("shots:", "defaults: {duration: 15}\nshots:")

    assert Decimal(str(cost(text.replace("duration: 6", f"duration: {written}"), name))) == seconds * Decimal(
        "0.168"
    )
    assert cost(default, name) == "1.008"
    assert errors(shot(*EDIT, "duration: 5"), name) == [("KS310", "duration: 5")]
    assert cost(text.replace(", duration: 6", ""), name) is None
    assert basis(text.replace(", duration: 6", ""), name).startswith("billed by the length of 'walk'")


@pytest.mark.parametrize("name", VIDEO)
def test_trap_62_an_edit_is_sent_without_a_duration(name: str) -> None:
    """Runware refuses one; no provider is sent one."""
    edit, refer = payload(shot(*EDIT), name), payload(shot(*REFER), name)

    assert "duration" not in (edit["settings"] if name == "kling-2026" else edit)
    assert str((refer["settings"] if name == "kling-2026" else refer)["duration"]) == "5"


@pytest.mark.parametrize(
    ("resolution", "without", "beside"),
    [("720p", "0.42", "0.63"), ("1080p", "0.56", "0.84"), ("4k", "2.10", "2.10")],
)
@pytest.mark.parametrize("name", LISTED)
def test_trap_63_a_video_raises_the_rate_for_references_too(
    name: str, resolution: str, without: str, beside: str
) -> None:
    """Not for edits alone; at 4k it changes nothing."""
    assert cost(at(resolution, *PLAIN), name) == without
    assert cost(at(resolution, *REFER), name) == beside
    assert cost(at(resolution, "next_of: walk", *PLAIN), name) == beside
    edit = Decimal(str(cost(at(resolution, *EDIT), name)))
    assert edit == Decimal(beside) / 5 * 6


@pytest.mark.parametrize(
    ("resolution", "silent", "loud"),
    [("720p", "0.42", "0.56"), ("1080p", "0.56", "0.70"), ("4k", "2.10", "2.10")],
)
@pytest.mark.parametrize("name", LISTED)
def test_trap_64_sound_costs_more_below_4k(name: str, resolution: str, silent: str, loud: str) -> None:
    """And nothing more at 4k."""
    assert cost(at(resolution, *PLAIN), name) == silent
    assert cost(at(resolution, *PLAIN, "sound: true"), name) == loud


def test_trap_65_omni_has_rows_of_its_own() -> None:
    """Its sibling v3 costs more with sound: 0.126 a second, not 0.112; no row is shared and it cannot be asked for."""
    for name in ALL:
        assert {row.model for row in read_profile(name).prices} <= {"v3-omni", "o1"}
        assert errors(shot(*PLAIN, model="v3"), name) == [("KS401", "model: v3")]
    assert cost(at("720p", *PLAIN, "sound: true"), "kling") == "0.56"
    assert payload(at("720p", *PLAIN, "sound: true"), "kling")["model_name"] == "kling-v3-omni"


def test_trap_66_a_spec_without_a_resolution_means_the_same_everywhere() -> None:
    """1080p is sent and priced on each, whatever the provider's own default is."""
    text = shot(*PLAIN)

    assert payload(text, "kling")["mode"] == payload(text, "apimodels")["mode"] == "pro"
    assert payload(text, "kling-2026")["settings"]["resolution"] == "1080p"
    assert payload(text, "hiapi")["input"]["resolution"] == "1080p"
    assert payload(text, "runware")["model"] == "klingai:kling-video@o3-pro"
    for name in ALL:
        assert cost(text, name) == cost(at("1080p", *PLAIN), name)
    assert [cost(text, name) for name in ALL] == ["0.56", "0.56", None, "0.56", "0.4265"]


@pytest.mark.parametrize(
    ("resolution", "silent", "kept"), [("720p", "0.3165", "0.4265"), ("1080p", "0.4265", "0.5295")]
)
def test_trap_67_the_kept_sound_of_a_video_is_charged_by_apimodels_alone(
    resolution: str, silent: str, kept: str
) -> None:
    """At Kling and Runware it is free."""
    dropped, held = at(resolution, *REFER), at(resolution, *REFER, "keep_sound: true")

    assert (cost(dropped, "apimodels"), cost(held, "apimodels")) == (silent, kept)
    assert cost(dropped, "kling") == cost(held, "kling")
    assert cost(dropped, "runware") == cost(held, "runware")


def test_trap_68_sound_of_o1_is_never_paid_for_unasked_or_without_a_word() -> None:
    """APIModels sells what the model does not have: there is a warning at the line, and the dearer price is shown."""
    loud, silent = shot(*PLAIN, "sound: true", model="o1"), shot(*PLAIN, model="o1")

    assert ("KS402", "sound: true") in warnings(loud, "apimodels")
    assert (cost(silent, "apimodels"), cost(loud, "apimodels")) == ("0.4265", "0.64")
    assert payload(silent, "apimodels")["sound"] == "off"
    for name in LISTED:
        assert errors(loud, name) == [("KS402", "sound: true")]


@pytest.mark.parametrize("name", ALL)
def test_trap_69_takes_are_tasks_of_their_own(name: str) -> None:
    """Each has its own price and its own id; Runware's multiplier can be set nowhere."""
    text = shot(*PLAIN, "takes: 3")
    made = rows(text, name)

    assert [row["task"] for row in made] == ["-/fox", "-/fox@2", "-/fox@3"]
    assert len({row["fingerprint"] for row in made}) == 3
    assert [row["cost"]["amount"] for row in made] == [cost(shot(*PLAIN), name)] * 3
    bodies: list[Any] = payloads(text, name)
    assert not [body for body in bodies if "numberResults" in str(body)]
    if name == "runware":
        option = "runware: {numberResults: 4}"
        assert errors(shot(*PLAIN, "provider_options:", f"  {option}"), name) == [("KS405", option)]


def test_trap_70_runwares_o1_shows_both_prices_for_images() -> None:
    """They may be billed like a video: the dearer one counts, and the basis names the other."""
    small, large = (
        at("720p", *PLAIN, "references: [hat]", model="o1"),
        shot(*PLAIN, "references: [hat]", model="o1"),
    )

    assert (cost(small, "runware"), cost(large, "runware")) == ("0.63", "0.84")
    assert "0.084 if images alone" in basis(small, "runware")
    assert "0.112 if images alone" in basis(large, "runware")
    assert cost(shot(*PLAIN, model="o1"), "runware") == "0.56"
    assert cost(large, "kling") == "0.56"


@pytest.mark.parametrize(
    ("bill", "amount", "currency", "shown"),
    [
        (
            {"charge_type": "unit", "amount": "8", "package_type": "video"},
            "8",
            "units",
            "8.00 units (1.12 USD)",
        ),
        ({"charge_type": "cash", "amount": "8", "currency": "USD"}, "8", "USD", "8.00 USD"),
        ({"charge_type": "cash", "amount": "8", "currency": "CNY"}, "8", "CNY", "8.00 CNY"),
    ],
)
def test_trap_71_a_bill_is_in_units_or_in_money(
    bill: dict[str, str], amount: str, currency: str, shown: str
) -> None:
    """Eight units are 1.12 dollars; eight dollars are eight, and eight yuan are neither."""
    task = {
        "id": "t-1",
        "status": "succeeded",
        "outputs": [{"type": "video", "url": "https://p1.example.com/clip.mp4", "duration": "5.0"}],
        "billing": [bill],
    }

    status = provider("kling-2026").read_poll("t-1", Reply(status=200, body={"code": 0, "data": [task]}))

    assert isinstance(status, Status)
    assert (status.cost, status.currency) == (Decimal(amount), currency)
    assert status.cost is not None
    assert status.currency is not None
    assert charged(status.cost, status.currency, read_profile("kling-2026")) == shown


@pytest.mark.parametrize(
    ("lines", "model", "amount"),
    [
        (["resolution: 720p"], "v3-omni", "0.3165"),
        (["resolution: 1080p"], "v3-omni", "0.4265"),
        (["resolution: 720p", "sound: true"], "v3-omni", "0.478"),
        (["resolution: 1080p", "sound: true"], "v3-omni", "0.64"),
        (["resolution: 720p"], "o1", "0.3165"),
    ],
)
def test_trap_72_the_table_of_apimodels_counts_and_not_its_header(
    lines: list[str], model: str, amount: str
) -> None:
    """The header says from 0.0064 a second, the table begins at 0.0633; the silent rows say so."""
    text = shot(*PLAIN, *lines, model=model)

    assert cost(text, "apimodels") == amount
    assert min(row.amount for row in read_profile("apimodels").prices) == Decimal("0.0633")
    if "sound: true" not in lines:
        assert "its header says from 0.0064" in basis(text, "apimodels")


def test_trap_73_hiapi_has_no_price_that_somebody_guessed(tmp_path: Path) -> None:
    """It publishes none: the cost is unknown, the total is not zero, and no budget can be kept with it."""
    text = shot(*PLAIN)
    (tmp_path / "spec.yaml").write_text(text)

    assert read_profile("hiapi").prices == ()
    assert cost(text, "hiapi") is None
    assert basis(text, "hiapi") == "HiAPI publishes no prices for this model"
    plan = Session(
        tmp_path / "spec.yaml",
        provider="hiapi",
        environment={"KLING_SPEC_STATE": str(tmp_path / "state")},
    ).plan()
    assert plan.total == {}
    assert plan.unknown_prices == 1


def test_trap_74_every_price_has_a_source_and_a_date() -> None:
    """Prices that changed during the year belong to providers that are not here; none stands without its day."""
    assert not {"fal", "replicate"} & set(provider_names())
    for name in ("fal", "replicate"):
        assert [finding.code for finding in found(shot(*PLAIN), name) if finding.is_error] == ["KS400"]
    for name in ALL:
        for row in read_profile(name).prices:
            assert row.as_of is not None, row
            assert row.as_of.isoformat() >= "2026-09-20", row
            assert row.source, row
    [row] = [row["cost"] for row in rows(shot(*PLAIN), "kling")]
    assert row == {"amount": "0.56", "currency": "USD", "basis": "5 s x 0.112 USD/s", "as_of": "2026-09-20"}
