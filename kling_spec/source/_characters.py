"""Characters that no text of a spec may hold: they steer terminals, hide words, or turn their order round."""

import re
from unicodedata import category

_UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe"
    "\uff00-\ufff8\ufffc\ufffd\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U000efffd]"
    # Invisible letters, but for those behind a black flag, which they make a region's flag of.
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]"
)
_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PRIVATE = "Co"
_HALF = "Cs"
_SEPARATORS = ("Zl", "Zp")


def unfit(text: str) -> tuple[int, str] | None:
    """Return where the first unfit character stands and what it is, or None where all are fit.

    Tabs and line breaks are fit, marks of direction (U+200E, U+200F) too; whatever overrides the
    direction of the text behind it, ends lines in some readers only, or stands for no character, is not.
    """
    match = _UNFIT.search(text)
    if match is None:
        return None
    character = match[0]
    kind = category(character)
    if _BIDIRECTIONAL.match(character):
        what = "a control of the text's direction"
    elif kind == _PRIVATE:
        what = "a private-use character"
    elif kind == _HALF:
        what = "half of a character"
    elif kind in _SEPARATORS or character == "\x85":
        what = "a line separator of its own kind"
    elif "\U000e0000" <= character <= "\U000e007f":
        what = "an invisible letter"
    else:
        what = "a control character"
    return match.start(), f"{what} (U+{ord(character):04X})"
