"""Text that names assets and shots without saying how a provider writes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hole:
    """Words that each task fills in for itself: `task.words[index]`.

    Tasks that ask alike share one `Ask`; what differs between them are these words.
    """

    index: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference to an asset or a shot by its name in the spec."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """Literal words, holes and mentions, in the order in which they are read."""

    parts: tuple[str | Hole | Mention, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.parts)

    def __add__(self, other: "Text") -> "Text":
        """Return the two texts, one behind the other."""
        return Text(self.parts + other.parts)

    @property
    def mentions(self) -> tuple[str, ...]:
        """The names that are mentioned, each once, in the order of their first mention."""
        return tuple(dict.fromkeys(part.name for part in self.parts if isinstance(part, Mention)))

    def spoken(self, words: tuple[str, ...]) -> str:
        """Return the text with its mentions as a spec writes them; `words` fill its holes."""
        return "".join(_spoken(part, words) for part in self.parts)


def _spoken(part: str | Hole | Mention, words: tuple[str, ...]) -> str:
    match part:
        case Hole(index):
            return words[index]
        case Mention(name):
            return f"{{{{ {name} }}}}"
    return part
