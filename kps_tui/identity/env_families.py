"""The environment variables that hold a login or name a place, by family.

The names are those of the vendor's SDK and of its Terraform provider; `OS_*` also as OpenStack's own tools set them.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

Names = tuple[str, ...]
"""Variables for one value: the first one that is set is used."""


class Family(NamedTuple):
    """Variables of one origin: a credential is never combined from two families. An empty tuple means no variable."""

    title: str
    token: Names = ()
    access_key: Names = ()
    secret_key: Names = ()
    security_token: Names = ()
    user: Names = ()
    user_id: Names = ()
    password: Names = ()
    account: Names = ()
    project_id: Names = ()
    project_name: Names = ()
    """Used only if no variable of the family holds the id of the project."""
    region: Names = ()
    auth_url: Names = ()
    """The URL of IAM. A family with such a variable is only used for that IAM."""

    @property
    def names(self) -> Names:
        """All variables of the family."""
        return (
            *(self.token + self.access_key + self.secret_key + self.security_token),
            *(self.user + self.user_id + self.password + self.account),
            *(self.project_id + self.project_name + self.region + self.auth_url),
        )

    @property
    def secrets(self) -> Names:
        """The variables that hold a secret."""
        return self.token + self.secret_key + self.security_token + self.password


FAMILIES = (
    Family("KPS_TUI_*", token=("KPS_TUI_TOKEN",)),
    Family(
        "HUAWEICLOUD_SDK_*",
        access_key=("HUAWEICLOUD_SDK_AK",),
        secret_key=("HUAWEICLOUD_SDK_SK",),
        security_token=("HUAWEICLOUD_SDK_SECURITY_TOKEN",),
        project_id=("HUAWEICLOUD_SDK_PROJECT_ID",),
    ),
    Family(
        "HW_*",
        token=("HW_AUTH_TOKEN",),
        access_key=("HW_ACCESS_KEY",),
        secret_key=("HW_SECRET_KEY",),
        security_token=("HW_SECURITY_TOKEN",),
        user=("HW_USER_NAME",),
        user_id=("HW_USER_ID",),
        password=("HW_USER_PASSWORD",),
        account=("HW_DOMAIN_NAME",),
        project_id=("HW_PROJECT_ID",),
        project_name=("HW_PROJECT_NAME",),
        region=("HW_REGION_NAME",),
        auth_url=("HW_AUTH_URL",),
    ),
    Family(
        "OS_*",
        token=("OS_AUTH_TOKEN", "OS_TOKEN"),
        access_key=("OS_ACCESS_KEY",),
        secret_key=("OS_SECRET_KEY",),
        security_token=("OS_SECURITY_TOKEN",),
        user=("OS_USERNAME",),
        user_id=("OS_USER_ID",),
        password=("OS_PASSWORD",),
        account=("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"),
        project_id=("OS_PROJECT_ID", "OS_TENANT_ID"),
        project_name=("OS_PROJECT_NAME", "OS_TENANT_NAME"),
        region=("OS_REGION_NAME",),
        auth_url=("OS_AUTH_URL",),
    ),
)
"""In the order of preference."""


def set_name(names: Names, environ: Mapping[str, str]) -> str:
    """Return the first of `names` that is set, or an empty text. An empty variable counts as not set."""
    return next((name for name in names if environ.get(name)), "")


def value(names: Names, environ: Mapping[str, str]) -> str:
    """Return the value of the first of `names` that is set, or an empty text."""
    return environ.get(set_name(names, environ), "")


def host_of(url: str) -> str:
    """Return `host[:port]` of `url` without the default port of its scheme, or an empty text if that is not certain."""
    # ASCII only: lower-casing turns some letters of other scripts into the `k` or `i` that they look like.
    if not url.isascii() or not url.isprintable() or "@" in url:
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http"):
        return ""
    usual = 443 if parts.scheme == "https" else 80
    host = f"[{host}]" if ":" in host else host
    return host if port is None or port == usual else f"{host}:{port}"


def belongs_to(family: Family, environ: Mapping[str, str], iam_host: str) -> bool:
    """Return whether the login of `family` is for the IAM at `iam_host` (`host[:port]`)."""
    if not family.auth_url:
        return True
    host = host_of(value(family.auth_url, environ))
    return bool(host) and host == iam_host.lower().removesuffix(":443")
