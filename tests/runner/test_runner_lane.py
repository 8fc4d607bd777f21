"""Slots: never more than the provider has room for, each variant in its turn, and nothing is lost."""

import asyncio

import pytest

from kling_spec.runner import _lane
from kling_spec.runner._lane import Lane


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(_lane, "_SHORTEST_PAUSE", 0.01)
    monkeypatch.setattr(_lane, "_LONGEST_PAUSE", 0.05)


class Place:
    """A provider with so many slots; jobs take a moment."""

    def __init__(self, room: int, lane: Lane) -> None:
        self.room, self.lane = room, lane
        self.inside = self.most = self.refusals = 0
        self.order: list[str] = []

    async def job(self, name: str) -> None:
        put_off = False
        while True:
            async with self.lane.slot(name[0], first=put_off) as slot:
                if self.inside < self.room:
                    slot.accepted()
                    self.inside += 1
                    self.most = max(self.most, self.inside)
                    self.order.append(name)
                    await asyncio.sleep(0.03)
                    self.inside -= 1
                    return
                self.refusals += 1
                slot.refused()
            put_off = True


@pytest.mark.parametrize("most", [1, 3, 8, 64])
def test_twenty_jobs_on_three_slots_all_finish(most: int) -> None:
    async def work() -> Place:
        place = Place(3, Lane(most))
        await asyncio.gather(*(place.job(f"a{number}") for number in range(20)))
        return place

    place = asyncio.run(work())

    assert len(place.order) == 20
    assert place.most == min(most, 3)
    # a whole first burst is refused before the first refusal teaches anything
    assert place.refusals <= max(0, min(most, 20) - 3) + 20


def test_groups_are_served_in_turn_and_each_in_its_own_order() -> None:
    async def work() -> list[str]:
        place = Place(1, Lane(1))
        await asyncio.gather(*(place.job(name) for name in ("a1", "a2", "a3", "b1", "b2", "c1")))
        return place.order

    order = asyncio.run(work())

    assert order == ["a1", "a2", "b1", "c1", "a3", "b2"] or order[:4] == ["a1", "b1", "c1", "a2"]
    assert [name for name in order if name[0] == "a"] == ["a1", "a2", "a3"]


def test_a_cancelled_wait_leaves_its_place_to_the_next() -> None:
    async def work() -> bool:
        lane = Lane(1)
        async with lane.slot("a"):
            waits = asyncio.create_task(lane.slot("a").__aenter__())
            await asyncio.sleep(0)
            waits.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waits
        async with asyncio.timeout(1), lane.slot("a"):
            return True

    assert asyncio.run(work())


def test_an_open_lane_lets_everybody_in() -> None:
    async def work() -> int:
        lane, inside = Lane(1), 0

        async def come() -> None:
            nonlocal inside
            async with lane.slot("a"):
                inside += 1
                await asyncio.sleep(0.05)

        tasks = [asyncio.create_task(come()) for _ in range(10)]
        await asyncio.sleep(0)
        lane.open()
        await asyncio.sleep(0.01)
        came = inside
        await asyncio.gather(*tasks)
        return came

    assert asyncio.run(work()) == 10


def test_room_that_is_there_again_is_found_again() -> None:
    async def work() -> Place:
        place = Place(2, Lane(8))
        await asyncio.gather(*(place.job(f"a{number}") for number in range(10)))
        place.room, place.most = 8, 0
        await asyncio.gather(*(place.job(f"b{number}") for number in range(60)))
        return place

    assert asyncio.run(work()).most >= 6
