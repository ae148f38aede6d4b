"""Variables of the environment that hold secrets, so that no text shows them by accident."""

from collections.abc import Iterator, Mapping


class Taken(Mapping[str, str]):
    """Variables that were taken out of the environment: to be looked up in again, never shown."""

    __slots__ = ("__variables",)

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.__variables = dict(variables)

    def __getitem__(self, name: str) -> str:
        # A KeyError inside a dict names the key only; still nothing of the values is near it.
        return self.__variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__variables)

    def __len__(self) -> int:
        return len(self.__variables)

    def __repr__(self) -> str:
        return f"Taken({len(self)} variables)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("taken variables are not pickled")
