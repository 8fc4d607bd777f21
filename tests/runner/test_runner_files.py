"""Files and elements go to a provider once, however many tasks and runs use them."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gateway import Gateway
from PIL import Image

from kling_spec.ir import Secret
from kling_spec.media import render_clip
from kling_spec.runner import FileStore

FACES = """
assets:
  grace: {element: {frontal: front.png, images: [left.png]}, description: 'Grace, in a red coat'}
"""
ELEMENTS = "/v1/general/advanced-custom-elements"


def picture(path: Path, color: str = "teal") -> None:
    Image.new("RGB", (640, 480), color).save(path)


@pytest.fixture
def faces(tmp_path):
    picture(tmp_path / "front.png")
    picture(tmp_path / "left.png", "olive")


@pytest.fixture
def walk(tmp_path):
    path = tmp_path / "walk.mp4"
    render_clip(path, seconds=4, width=1280, height=720, sound=True, title="walk", lines=(), seed=2)
    return path


# -- elements ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("provider", ["kling", "kling-2026"])
def test_an_element_is_made_once_for_all_tasks_and_runs(bench, sandbox, provider):
    shots = FACES + "shots: {a: {prompt: '{{ grace }} reads'}, b: {prompt: '{{ grace }} looks up'}}"
    with Gateway(sandbox.url) as gateway:
        work = bench(provider, gateway.url, shots, is_sandbox=True)
        assert not work.run().failed

        work.write(FACES + "shots: {c: {prompt: '{{ grace }} leaves'}}")
        assert not work.run().failed

        assert gateway.count("POST", ELEMENTS) == 1
    assert set(work.states().values()) == {"stored"}
    assert len(sandbox.book().charges) == 3


@pytest.mark.usefixtures("faces")
def test_an_element_whose_answer_was_lost_is_found_again(bench, sandbox):
    lost = []

    def first_making(method: str, path: str) -> bool:
        if method == "POST" and path == ELEMENTS and not lost:
            lost.append(path)
            return True
        return False

    with Gateway(sandbox.url, loses=first_making) as gateway:
        work = bench(
            "kling", gateway.url, FACES + "shots: {a: {prompt: '{{ grace }} reads'}}", is_sandbox=True
        )

        assert not work.run().failed

        assert lost
        assert gateway.count("POST", ELEMENTS) == 1


@pytest.mark.usefixtures("faces")
def test_a_new_ledger_adopts_the_element_of_the_account(bench, sandbox, tmp_path):
    with Gateway(sandbox.url) as gateway:
        work = bench(
            "kling", gateway.url, FACES + "shots: {a: {prompt: '{{ grace }} reads'}}", is_sandbox=True
        )
        work.run()
        (tmp_path / "state").rename(tmp_path / "old")

        work.write(FACES + "shots: {b: {prompt: '{{ grace }} looks up'}}")
        assert not work.run().failed

        assert gateway.count("POST", ELEMENTS) == 1


@pytest.mark.usefixtures("faces")
def test_an_element_that_is_refused_fails_its_tasks_alone(bench, sandbox):
    shots = FACES.replace("Grace, in a red coat", "[sandbox:refuse] Grace")
    work = bench("kling", sandbox.url, shots + "shots: {a: {prompt: '{{ grace }} reads'}, b: {prompt: Rain}}")
    work.is_sandbox = True

    outcome = work.run()

    assert "-/b" in work.states()
    assert work.states()["-/b"] == "stored"
    assert len(sandbox.book().charges) == 1
    assert len(outcome.failed) == 1
    assert "element 'grace'" in next(iter(outcome.failed.values()))


# -- uploads -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("walk")
def test_a_video_is_uploaded_once_to_runware(bench, sandbox):
    head = "assets: {walk: {video: walk.mp4}}\n"
    shot = "{edit: walk, prompt: 'Turn {{ walk }} to %s'}"
    two = f"shots: {{a: {shot % 'rain'}, b: {shot % 'snow'}}}"
    with Gateway(sandbox.url) as gateway:
        work = bench("runware", gateway.url, head + two, is_sandbox=True)
        assert not work.run().failed

        work.write(head + "shots: {c: {edit: walk, prompt: 'Turn {{ walk }} to fog'}}")
        assert not work.run().failed

        uploads = [body for _, _, body in gateway.seen if b'"mediaStorage"' in body]
        assert len(uploads) == 1


def test_a_picture_is_uploaded_again_when_the_provider_no_longer_keeps_it(bench, sandbox, tmp_path):
    picture(tmp_path / "card.png")
    head = "assets: {card: {image: card.png}}\n"
    with Gateway(sandbox.url) as gateway:
        work = bench(
            "apimodels", gateway.url, head + "shots: {a: {prompt: Go, first_frame: card}}", is_sandbox=True
        )
        work.run()
        work.write(head + "shots: {b: {prompt: Stay, first_frame: card}}")
        work.run()
        assert gateway.count("POST", "/api/v1/files") == 1

        with work.ledger() as ledger:
            ledger._connection.execute(
                "UPDATE kept SET until = ?", ((datetime.now(UTC) - timedelta(days=1)).isoformat(),)
            )
        work.write(head + "shots: {c: {prompt: Turn, first_frame: card}}")
        work.run()

        assert gateway.count("POST", "/api/v1/files") == 2


# -- a store for files ---------------------------------------------------------------------------


@pytest.mark.usefixtures("walk")
def test_a_video_goes_into_the_file_store_where_only_an_address_will_do(bench, sandbox, tmp_path):
    (tmp_path / "kling-spec.toml").write_text(
        '[file_store]\nput = "https://storage.example.com/{name}"\nget = "https://cdn.example.com/{name}"\n'
    )
    with Gateway(sandbox.url) as gateway:
        place = f"{gateway.url}/files/{{name}}"
        store = FileStore(put=place, get=place, token=Secret("t-canary-93ab17", "TOKEN"))
        head = "assets: {walk: {video: walk.mp4}}\n"
        work = bench(
            "kling", gateway.url, head + "shots: {a: {edit: walk, prompt: 'Turn {{ walk }} to rain'}}"
        )
        work.is_sandbox, work.more = True, {"file_store": store}
        plan = work.plan()
        assert str(plan.orders[0].cost.amount) == "0.504"  # 4 s, measured, at 0.126

        assert not work.run().failed

        assert gateway.count("PUT", "/files/") == 1
    assert work.states() == {"-/a": "stored"}
    assert "t-canary" not in repr(store)


# -- what takes the place of a file ---------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pipe", "link", "second name", "folder", "longer"])
@pytest.mark.parametrize("provider", ["kling", "runware"])
def test_what_takes_the_place_of_a_file_after_the_plan_is_not_sent(
    bench, sandbox, tmp_path_factory, tmp_path, provider, kind
):
    picture(tmp_path / "card.png")
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.png"
    secret.write_bytes((tmp_path / "card.png").read_bytes() + b"k-canary-5d20b7")
    head = "assets: {card: {image: card.png}}\n"
    with Gateway(sandbox.url) as gateway:
        shots = head + "shots: {a: {prompt: Go, first_frame: card}, b: {prompt: Stay}}"
        work = bench(provider, gateway.url, shots, is_sandbox=True, more={"root": tmp_path})
        plan = work.plan()
        (tmp_path / "card.png").unlink()
        match kind:
            case "pipe":
                os.mkfifo(tmp_path / "card.png")
            case "link":
                (tmp_path / "card.png").symlink_to(secret)
            case "second name":
                os.link(secret, tmp_path / "card.png")
            case "folder":
                (tmp_path / "card.png").mkdir()
            case _:
                (tmp_path / "card.png").write_bytes(secret.read_bytes())

        outcome = work.run(plan=plan)

        assert not any(b"canary" in body for _, _, body in gateway.seen)
    assert work.states() == {"-/b": "stored"}
    assert "card.png" in next(iter(outcome.failed.values()))
    assert len(sandbox.book().charges) == 1
