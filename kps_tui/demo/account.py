"""The account of the demo: one user, one project and two access keys. Its secrets are new at every start."""

import secrets
import string
from dataclasses import dataclass, field
from typing import NamedTuple

PROJECT_ID = "0d1f3b5a7c9e4260a8b6c4d2e0f13579"
"""The same at every start, like the region, because the title shows both."""
REGION = "cn-north-4"
"""Also the name of the project: in IAM, the default project of a region has the name of the region."""

_UPPER = string.ascii_uppercase + string.digits
_ANY = string.ascii_letters + string.digits


class AccountKey(NamedTuple):
    """An access key. Its parts are as long as real ones."""

    access_key: str
    secret_key: str
    security_token: str = ""
    """Only for a temporary key: requests must send it in a header that is signed too."""


def _permanent_key() -> AccountKey:
    return AccountKey(_random_text(_UPPER, 20), _random_text(_ANY, 40))


def _temporary_key() -> AccountKey:
    return AccountKey("HST" + _random_text(_UPPER, 17), _random_text(_ANY, 40), secrets.token_urlsafe(384))


@dataclass(frozen=True, slots=True)
class Account:
    """The account, its user and its access keys."""

    name: str = field(default_factory=lambda: f"demo-{secrets.token_hex(4)}")
    domain_id: str = field(default_factory=lambda: secrets.token_hex(16))
    """The id of the account, which IAM calls a domain."""
    user: str = field(default_factory=lambda: f"operator-{secrets.token_hex(4)}")
    user_id: str = field(default_factory=lambda: secrets.token_hex(16))
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    passcode: str = field(default_factory=lambda: _random_text(string.digits, 6), repr=False)
    """The code of the user's virtual MFA device. It never changes, unlike a real one."""
    permanent: AccountKey = field(default_factory=_permanent_key, repr=False)
    temporary: AccountKey = field(default_factory=_temporary_key, repr=False)

    @property
    def domain(self) -> dict[str, object]:
        """The account as it is embedded in other objects of IAM."""
        return {"id": self.domain_id, "name": self.name}

    def key(self, access_key: str) -> AccountKey | None:
        """Return the access key with this id, or None."""
        return next((key for key in (self.permanent, self.temporary) if key.access_key == access_key), None)

    def project(self, origin: str) -> dict[str, object]:
        """Return the project as in IAM's lists of projects (iam_06_0001)."""
        return {
            "is_domain": False,
            "description": "",
            "links": {"self": f"{origin}/v3/projects/{PROJECT_ID}"},
            "enabled": True,
            "id": PROJECT_ID,
            "parent_id": self.domain_id,
            "domain_id": self.domain_id,
            "name": REGION,
        }


def _random_text(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
