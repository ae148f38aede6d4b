"""Environment variables with secrets, wrapped so that they can't be printed by accident."""

from collections.abc import Iterator, Mapping


class SecretEnv(Mapping[str, str]):
    """Environment variables that can be looked up, but neither printed nor pickled."""

    __slots__ = ("__variables",)

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.__variables = dict(variables)

    def __getitem__(self, name: str) -> str:
        return self.__variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__variables)

    def __len__(self) -> int:
        return len(self.__variables)

    def __repr__(self) -> str:
        return f"SecretEnv({len(self)} variables)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("secret variables are not pickled")
