"""HTML for cells: escaped, readable in light and dark, and on pages that strip every style."""

from collections.abc import Iterable, Sequence
from html import escape

from kling_spec.plan import Sort, Stretch, marked

_LONGEST = 400
_LOOK = """<style>
.kling-spec{line-height:1.45}.kling-spec pre{line-height:1.3;white-space:pre-wrap;margin:4px 0;
font-family:var(--jp-code-font-family,monospace)}
.kling-spec table{border-collapse:collapse;margin:4px 0 12px;font-size:13px}
.kling-spec td,.kling-spec th{padding:3px 10px 3px 0;vertical-align:top;border:0;
border-bottom:1px solid var(--jp-border-color2,#8885)}
.kling-spec p{margin:4px 0}.kling-spec figure{margin:8px 0;display:inline-block}
.kling-spec img{height:48px;display:block;margin:0;border-radius:3px}
.kling-spec video{max-width:100%;max-height:60vh;display:block;border-radius:4px;background:#000}
.kling-spec ins{text-decoration:underline;text-decoration-thickness:2px;color:var(--jp-success-color1,#2e7d32);
font-weight:600}.kling-spec del{opacity:.72}
.kling-spec .assets{display:flex;flex-wrap:wrap;align-items:flex-end;gap:12px;margin:6px 0}
.kling-spec .assets figure{margin:0;max-width:112px}.kling-spec figcaption{font-size:12px}
.kling-spec .dim{opacity:.72}.kling-spec .good{color:var(--jp-success-color1,#2e7d32)}
.kling-spec .bad{color:var(--jp-error-color1,#d32f2f)}
.kling-spec .odd{color:var(--jp-warn-color1,#c77700)}.kling-spec .moving{color:var(--jp-info-color1,#0288d1)}
</style>"""


def block(*parts: str) -> str:
    """Return an output: its parts, their looks, and a word to the page that nothing in it is a formula."""
    return f'<div class="kling-spec mathjax_ignore tex2jax_ignore">{_LOOK}{"".join(parts)}</div>'


def line(*parts: str) -> str:
    """Return a line of parts that are HTML already."""
    return f"<p>{' '.join(filter(None, parts))}</p>"


def words(text: str, look: str = "") -> str:
    """Return text as HTML: shown as it is, never run, never set as a formula, never too long."""
    shown = _shown(text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …")
    if look == "bold":
        return f"<b>{shown}</b>"
    return f'<span class="{look}">{shown}</span>' if look else shown


def marks(stretches: Iterable[Stretch]) -> str:
    """Return all of a text with what came underlined and what went struck out, each between its signs."""
    return "".join(_mark(stretch) for stretch in stretches).rstrip()


def _mark(stretch: Stretch) -> str:
    shown = _shown(marked(stretch)[0])
    tag = {Sort.NEW: "ins", Sort.GONE: "del"}.get(stretch.sort)
    return f"<{tag}>{shown}</{tag}> " if tag else f"{shown} "


def _shown(text: str) -> str:
    return escape("".join(map(_visible, text))).replace("$", "<span>$</span>")


def verbatim(text: str) -> str:
    """Return lines of text, each as it stands."""
    shown = "\n".join("".join(map(_visible, row)) for row in text.splitlines())
    return f"<pre>{escape(shown).replace('$', '<span>$</span>')}</pre>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return a table; cells are HTML already, and the columns in `right` are numbers.

    The side is said in every cell: Jupyter sets what says nothing to the right.
    """
    sides = ["right" if number in right else "left" for number in range(len(heads))]
    top = _row("th", map(words, heads), sides)
    body = "".join(_row("td", row, sides) for row in rows)
    return f"<table><thead>{top}</thead><tbody>{body}</tbody></table>"


def _row(tag: str, cells: Iterable[str], sides: Sequence[str]) -> str:
    drawn = (
        f'<{tag} style="text-align:{side}">{cell}</{tag}>' for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{''.join(drawn)}</tr>"


def _visible(character: str) -> str:
    """Return the character, or a sign for one that would change how others are shown."""
    if character.isprintable():
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
