"""The environment of a person, which holds keys: its values are looked up and never shown."""

from collections.abc import Iterator, Mapping

from kling_spec.ir import Secret


class Environment(Mapping[str, str]):
    """Variables by name. A print of it shows how many there are."""

    __slots__ = ("__values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self.__values = values

    def __getitem__(self, name: str) -> str:
        return self.__values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__values)

    def __len__(self) -> int:
        return len(self.__values)

    def __repr__(self) -> str:
        return f"••• ({len(self)} variables)"

    def secret(self, name: str) -> Secret | None:
        """Return a variable that nobody may see, or None where it is not set."""
        value = self.__values.get(name)
        return Secret(value, name) if value else None
