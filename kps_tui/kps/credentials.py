"""What proves who asks. A secret is never a plain `str` in a frame, a log, a file or argv."""

import re
from dataclasses import dataclass, field
from typing import final

from kps_tui.i18n import _
from kps_tui.problems import CredentialError

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")


@final
class Secret:
    """A text that can't be printed by accident; `reveal` is called only where it is sent."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__text

    def __hash__(self) -> int:
        return hash(self.__text)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is not pickled")


@dataclass(frozen=True, slots=True)
class Token:
    """An IAM token (`X-Auth-Token`), scoped to the project."""

    secret: Secret = field(repr=False)

    @classmethod
    def parse(cls, secret: Secret, name: str) -> "Token":
        """Check a token from `name` (a variable, a file, a prompt), without echoing it.

        Raises:
            CredentialError: it is empty, or holds what a header can't carry.
        """
        if not _TOKEN.fullmatch(secret.reveal()):
            raise CredentialError(
                _("{name} holds no usable token").format(name=name),
                why=_("a token is one word of visible ASCII characters, without spaces or line ends"),
                next_step=_("set it to the X-Subject-Token that IAM answered with"),
            )
        return cls(secret)
