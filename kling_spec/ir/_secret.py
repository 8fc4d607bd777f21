"""Texts that are shown nowhere: keys, tokens, signed addresses, and bodies that hold one."""

import hmac
import re
from typing import Any

_SHOWN = "•••"
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]*)[?#][^\s\"'<>)\]}]*", re.IGNORECASE)


class Secret:
    """A text that shows itself as three dots and its name, however it is printed, formatted, copied or kept.

    `reveal` is the only way to the text; it is called where the text leaves, and nowhere earlier. Two are
    equal when their texts are. JSON refuses one, and a pickle holds its name alone.
    """

    __slots__ = ("__text", "name")

    def __init__(self, text: str | None, name: str) -> None:
        self.__text = text
        self.name = name
        """How it is called where it is shown."""

    def reveal(self) -> str:
        """Return the text. Raises ValueError for one that came out of a pickle, which holds none."""
        if self.__text is None:
            raise ValueError(f"{self} stayed where it was")
        return self.__text

    def __repr__(self) -> str:
        return f"{_SHOWN} ({self.name})"

    def __format__(self, _: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        texts = [(one.reveal() if one else "").encode("utf-8", "surrogatepass") for one in (self, other)]
        return hmac.compare_digest(*texts)

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _: Any) -> "Secret":
        return self

    def __reduce__(self) -> tuple[type["Secret"], tuple[None, str]]:
        return Secret, (None, self.name)


def unsigned(text: str) -> str:
    """Return a message without what stands behind the path of an address in it, for that may be a signature."""
    return _QUERY.sub(rf"\1?{_SHOWN}", text)
