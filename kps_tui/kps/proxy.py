"""Decides which proxy requests to an endpoint use, from the proxy variables of an environment. Pure.

This is the only reader of these variables: the HTTP library is handed the result. It reads what httpx would read for an
`https` endpoint: `https_proxy`, else `all_proxy`, unless `no_proxy` exempts the endpoint. Each may be written in upper
case; lower case wins.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from kps_tui.i18n import _
from kps_tui.kps.credentials import Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line

_VARIABLES = ("https_proxy", "all_proxy")
_ADDRESS = re.compile(
    r"(?:(?P<login>[^@/?#\[\]]*)@)?(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?/?"
)
"""The address of a proxy after its scheme."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LARGEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, named by an environment variable."""

    variable: str
    """The variable as it is written in the environment."""
    scheme: str
    """`http` or `https`: how the proxy itself is reached."""
    host: str
    """An IPv6 address is in brackets."""
    port: int
    user: str = field(default="", repr=False)
    password: Secret | None = field(default=None, repr=False)

    @property
    def netloc(self) -> str:
        """`host:port`."""
        return f"{self.host}:{self.port}"

    @property
    def shown(self) -> str:
        """The URL with the login replaced by an ellipsis."""
        return f"{self.scheme}://{'…@' if self.user or self.password else ''}{self.netloc}"


@dataclass(frozen=True, slots=True)
class Route:
    """How requests reach an endpoint: through a proxy or directly, and why."""

    proxy: Proxy | None = None
    """None for a direct connection."""
    no_proxy: str = ""
    """The `NO_PROXY` variable as it is written in the environment, empty if it is not set."""
    exempted_by: str = ""
    """The entry of `NO_PROXY` that exempts the endpoint, if one does."""


def route_to(endpoint: Endpoint, environ: Mapping[str, str]) -> Route:
    """Return how requests reach `endpoint`; always directly if it is loopback.

    Raises:
        ConfigError: the variable that counts names a proxy that can't be used.
    """
    if endpoint.is_loopback:
        return Route()
    no_proxy = _variable(environ, "no_proxy")
    entries = (entry.strip() for entry in environ[no_proxy].split(",")) if no_proxy else ()
    if exempted_by := next((entry for entry in entries if entry and _exempts(entry, endpoint)), ""):
        return Route(None, no_proxy, exempted_by)
    variable = next((written for name in _VARIABLES if (written := _variable(environ, name))), "")
    return Route(_parse(variable, environ[variable]) if variable else None, no_proxy)


def unusable(variable: str, scheme: str = "") -> ConfigError:
    """Return the error for a proxy that can't be used; its address is not shown, because it may hold a password."""
    if scheme:
        return ConfigError(
            _("{name} names a proxy that can't be used ({scheme}://)").format(name=variable, scheme=line(scheme, 20)),
            next_step=_("use http://host:port, or unset it"),
        )
    return ConfigError(
        _("{name} names a proxy that can't be used").format(name=variable),
        why=_("it is no address"),
        next_step=_("use http://host:port, with # / ? @ of a password as %23 %2F %3F %40, or unset it"),
    )


def secrets_in(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the logins in all proxy variables, their passwords, and the parts of passwords that are malformed."""
    for name, value in environ.items():
        if name.lower() in ("http_proxy", *_VARIABLES) and "@" in value:
            login = value.rpartition("@")[0].rpartition("://")[2]
            password = login.partition(":")[2]
            yield from (login, password, *re.split(r"[#/?@]", password))


def _variable(environ: Mapping[str, str], name: str) -> str:
    """Return how `name` (lower case) is written in the environment, or an empty string if it is not set or empty."""
    if name in environ:
        return name if environ[name] else ""
    return next((written for written in environ if written.lower() == name and environ[written]), "")


def _exempts(entry: str, endpoint: Endpoint) -> bool:
    """Whether an entry of `NO_PROXY` exempts the endpoint, by the rules of httpx.

    An entry is `*`, a host and its subdomains, a domain with a leading dot, or an address, each with an optional port;
    after a scheme, a host stands for itself alone.
    """
    if entry == "*":
        return True
    scheme, separator, rest = entry.rpartition("://")
    if separator and scheme not in ("all", endpoint.scheme):
        return False
    host, _colon, port = rest.rpartition(":") if re.search(r"[^:]:[0-9]+$", rest) else (rest, "", "")
    # httpx drops the default port of a URL, so `host:443` fits no https endpoint, while `https://host:443` does.
    default = _DEFAULT_PORTS[endpoint.scheme]
    asked = None if endpoint.port in (None, default) else endpoint.port
    wanted = int(port) if port and not (scheme == endpoint.scheme and int(port) == default) else None
    if wanted not in (None, asked):
        return False
    host, ours = host.lower().strip("[]"), endpoint.host.strip("[]")
    if separator or _is_address(host) or host == "localhost":
        return host == ours
    return ours.endswith(host) if host.startswith(".") else ours == host or ours.endswith(f".{host}")


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def _parse(variable: str, url: str) -> Proxy:
    scheme, separator, address = url.strip().partition("://")
    scheme, address = (scheme.lower(), address) if separator else ("http", scheme)
    if scheme not in _DEFAULT_PORTS:
        raise unusable(variable, scheme)
    # An unescaped `#`, `/` or `?` in a password is rejected, because httpx would take a part of it for the host.
    matched = _ADDRESS.fullmatch(address)
    if matched is None:
        raise unusable(variable)
    port = int(matched["port"]) if matched["port"] else _DEFAULT_PORTS[scheme]
    if port > _LARGEST_PORT:
        raise unusable(variable)
    user, colon, password = (matched["login"] or "").partition(":")
    return Proxy(variable, scheme, matched["host"], port, unquote(user), Secret(unquote(password)) if colon else None)
