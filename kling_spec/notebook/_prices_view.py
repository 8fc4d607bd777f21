"""The price lists of providers, with their date."""

from collections.abc import Sequence

from kling_spec.notebook._html import block, line, table, words
from kling_spec.notebook._view import View, columns
from kling_spec.providers import Price, plain

_HEADS = ("provider", "model", "resolution", "case", "per second", "as of")


class PricesView(View):
    """What a second costs, by provider, model and case; where each stands is in `kling-spec prices`."""

    def __init__(self, rows: Sequence[tuple[str, Price]], without: Sequence[str]) -> None:
        self.rows = tuple(rows)
        self._without = without

    def text(self) -> str:
        """Return a line a price."""
        drawn = columns([_HEADS, *map(_cells, self.rows)], right=(4,)) if self.rows else []
        return "\n".join([*drawn, *self._notes()])

    def html(self) -> str:
        """Return a table."""
        rows = [tuple(map(words, _cells(row))) for row in self.rows]
        drawn = table(_HEADS, rows, right=(4,)) if rows else ""
        return block(drawn, *(line(words(note, "dim")) for note in self._notes()))

    def _notes(self) -> list[str]:
        return [
            f"{name} publishes no prices: its costs are unknown; give rates in kling-spec.toml"
            for name in self._without
        ]


def _cells(row: tuple[str, Price]) -> tuple[str, ...]:
    name, price = row
    return (
        name,
        price.model_id or price.model,
        price.resolution,
        price.case.replace("_", " "),
        f"{plain(price.amount)} {price.currency}",
        str(price.as_of or ""),
    )
