"""HTML for notebooks: escaped, readable in light and dark, and on pages that show no styles."""

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = (
    "border-collapse:collapse;font-size:13px;"
    "color:var(--jp-ui-font-color1,inherit);background:var(--jp-layout-color1,transparent)"
)
_CELL = (
    "padding:3px 10px;text-align:{align};vertical-align:top;"
    "border-bottom:1px solid var(--jp-border-color2,#ccc)"
)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return a table; cells are HTML already, and the columns in `right` are numbers."""
    aligned = [_CELL.format(align="right" if number in right else "left") for number in range(len(heads))]
    top = "".join(
        f'<th style="{style}">{escape(head)}</th>' for style, head in zip(aligned, heads, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style}">{cell}</td>' for style, cell in zip(aligned, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f'<table style="{_STYLE}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def words(text: str, *, bold: bool = False, dim: bool = False) -> str:
    """Return text as HTML: whatever it holds is shown as it is."""
    shown = escape(text)
    if bold:
        shown = f"<b>{shown}</b>"
    return f'<span style="opacity:.65">{shown}</span>' if dim else shown
