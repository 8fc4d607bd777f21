"""Where each setting of a `kling-spec.toml` stands."""

from dataclasses import dataclass

from kling_spec.diagnostics import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The file as it stands there: its name in messages, and its lines."""

    shown: str
    lines: list[str]

    def place(self, setting: str) -> Origin:
        """Return the line on which a setting stands, named in full (`providers.kling.base_url`)."""
        wanted, table = setting.split("."), list[str]()
        for number, line in enumerate(self.lines, 1):
            text = line.strip()
            if text.startswith("["):
                table = _words(text.strip("[] \t").partition("]")[0])
                is_it = table[: len(wanted)] == wanted
            else:
                key = [*table, *_words(text.partition("=")[0])] if "=" in text else []
                is_it = bool(key) and (key == wanted[: len(key)] or key[: len(wanted)] == wanted)
            if is_it:
                return Origin(self.shown, number, 1, number, max(len(line.rstrip()), 1) + 1)
        return Origin(self.shown)


def _words(key: str) -> list[str]:
    return [word.strip().strip("\"'") for word in key.split(".")]
