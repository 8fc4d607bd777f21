"""Letters of a font: which characters it has, how wide words are, and their picture."""

from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category, name, normalize

from kling_spec.media._error import LayerError
from kling_spec.media._wrap import is_wide

OWN_FONT = Path(__file__).parent / "fonts" / "OpenSans-Semibold.ttf"
"""Latin, Greek and Cyrillic; its licence lies beside it."""
_NOBODY = "\U0010ffff"
"""A character that no font has: what it draws instead is drawn for it."""
_PROBE = 48
"""Pixels; large enough that no two letters look alike."""
_TIED = (range(0x0900, 0x0E00), range(0x0F00, 0x1100), range(0x1780, 0x1800))
"""Scripts of India and its neighbours, whose letters change with what stands beside them."""


class Face:
    """One font at one size in pixels.

    Raises LayerError where the file is none, or has letters of fixed sizes only.
    """

    def __init__(self, path: Path | None, pixels: int, *, is_shaped: bool | None = None) -> None:
        from PIL import ImageFont, features

        self.is_shaped = bool(features.check_feature("raqm")) if is_shaped is None else is_shaped
        """Whether letters that join, and lines that run to the left, can be laid out."""
        self._is_own = path is None
        layout = ImageFont.Layout.RAQM if self.is_shaped else ImageFont.Layout.BASIC
        try:
            self.font = ImageFont.truetype(str(path or OWN_FONT), pixels, layout_engine=layout)
            self._probe = self.font.font_variant(size=_PROBE, layout_engine=ImageFont.Layout.BASIC)
            self._nothing = _drawn(self._probe, _NOBODY)
        except OSError:
            message = "its font cannot be used: it is damaged, or has letters of fixed sizes only"
            raise LayerError("KS710", message, "take a TrueType or OpenType font with outlines") from None

    def readable(self, text: str) -> str:
        """Return the text as it is laid out; raises LayerError for what this font cannot show."""
        text = normalize("NFC", text.replace("\t", " "))
        text = "".join(char for char in text if char == "\n" or category(char) not in ("Cc", "Cs"))
        if not self.is_shaped:
            text = "".join(char for char in text if category(char) != "Cf")
            self._check_is_simple(text)
        lacking = [char for char in dict.fromkeys(text) if not self._has(char)]
        if lacking:
            raise LayerError("KS710", f"{self._called} has no {_listed(lacking)}", self._advice(lacking))
        return "".join(" " if category(char) == "Zs" and self._is_empty(char) else char for char in text)

    def width(self, line: str, direction: str | None = None) -> float:
        """Return how many pixels the line takes."""
        return float(self.font.getlength(line, direction=direction))

    def direction(self, paragraph: str) -> str | None:
        """Return where the paragraph's lines run: `ltr`, `rtl`, or None where nothing can be told."""
        if not self.is_shaped:
            return None
        strong = (bidirectional(char) for char in paragraph)
        return next(("ltr" if one == "L" else "rtl" for one in strong if one in ("L", "R", "AL")), "ltr")

    @property
    def _called(self) -> str:
        return "the font that comes with this tool" if self._is_own else "its font"

    def _advice(self, lacking: list[str]) -> str:
        where = "'assets:' as '{font: PATH}' and name it by 'font:'"
        if any(_is_emoji(char) for char in lacking):
            return f"leave the emoji out, or show it as an 'image:'; a font with outlines goes under {where}"
        return f"add a font that has {'it' if len(lacking) == 1 else 'them'} under {where}"

    def _has(self, char: str) -> bool:
        if char == "\n" or category(char) in ("Cf", "Zs") or _is_selector(char):
            return True
        if self._is_drawn(char):
            return True
        parts = normalize("NFD", char)
        return self.is_shaped and len(parts) > 1 and all(map(self._is_drawn, parts))

    def _is_drawn(self, char: str) -> bool:
        made = _drawn(self._probe, char)
        return bool(made[1]) and made != self._nothing

    def _is_empty(self, char: str) -> bool:
        """Whether a space is not in the font; an ordinary one is taken instead."""
        return _drawn(self._probe, char) == self._nothing

    def _check_is_simple(self, text: str) -> None:
        for char in text:
            if bidirectional(char) in ("R", "AL") or any(ord(char) in script for script in _TIED):
                message = f"letters such as {_named(char)} cannot be laid out on this machine"
                raise LayerError("KS710", message, "install FriBidi (libfribidi), which lays such lines out")


def _drawn(font: Any, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char, mode="L")
    return mask.size, bytes(mask) if mask.getbbox() else b""


def _listed(characters: list[str]) -> str:
    few = [_named(char) for char in characters[:3]]
    more = len(characters) - len(few)
    return " and no ".join(few) + (f" (and {more} more)" if more else "")


def _named(char: str) -> str:
    return f"'{char}' (U+{ord(char):04X} {name(char, 'without a name').lower()})"


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_emoji(char: str) -> bool:
    return category(char) == "So" and (ord(char) >= 0x1F000 or is_wide(char))
