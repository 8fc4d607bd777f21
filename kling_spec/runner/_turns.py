"""Which orders are on their way: those that need nothing more, and no more at once than there is use for."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable

from kling_spec.plan import Order

_WAITING = 256
"""How many orders stand behind the slots of a lane, or bring their clips home, beside those in it.

An order under way takes a hundred times the memory of one that is not.
"""


def lane_of(order: Order) -> tuple[str, str]:
    """Return the name of the lane of the order: its account and model, whose slots are counted together."""
    return order.provider, order.model


def group_of(order: Order) -> str:
    """Return the name of the order's variant."""
    return order.tasks[0].partition("/")[0]


class Turns:
    """Gives out each order once, behind all that it needs; groups in turn, and each in its own order."""

    def __init__(self, orders: Iterable[Order], slots: Callable[[str], int]) -> None:
        """`slots` says how many orders of a provider may be in a lane."""
        self._slots = slots
        self._under_way: Counter[tuple[str, str]] = Counter()
        self._ready: dict[tuple[str, str], dict[str, deque[Order]]] = defaultdict(dict)
        self._behind: dict[str, list[Order]] = defaultdict(list)
        self._left: dict[str, int] = {}
        whole = list(orders)
        known = {order.fingerprint for order in whole}
        for order in whole:
            needs = known.intersection(order.needs.values())
            self._left[order.fingerprint] = len(needs)
            for needed in needs:
                self._behind[needed].append(order)
            if not needs:
                self._line_up(order)

    def next(self) -> Order | None:
        """Return the order whose turn it is; None while there is no room, or none is ready."""
        for lane, groups in self._ready.items():
            if groups and self._under_way[lane] < self._slots(lane[0]) + _WAITING:
                self._under_way[lane] += 1
                group = next(iter(groups))
                queue = groups.pop(group)
                order = queue.popleft()
                if queue:
                    groups[group] = queue
                return order
        return None

    def ended(self, order: Order) -> None:
        """Note that the order needs no room any more, and those behind it need it no more."""
        self._under_way[lane_of(order)] -= 1
        for behind in self._behind.pop(order.fingerprint, ()):
            self._left[behind.fingerprint] -= 1
            if not self._left[behind.fingerprint]:
                self._line_up(behind)

    def _line_up(self, order: Order) -> None:
        self._ready[lane_of(order)].setdefault(group_of(order), deque()).append(order)
