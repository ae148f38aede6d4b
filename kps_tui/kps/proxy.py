"""Decides which proxy requests to an endpoint use, from the proxy variables of an environment. Pure.

This is the only reader of these variables: the HTTP library is handed the result. For an `https` endpoint it reads
`https_proxy`, else `all_proxy`, unless `no_proxy` exempts the endpoint. Each may be written in upper case; lower case
wins. A malformed proxy is an error only in the variable that is used.
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
_ADDRESS = r"(?:(?P<login>[^@/?#\[\]]*)@)?(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?/?"
"""The address of a proxy after its scheme."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LARGEST_PORT = 65535
_DOMAIN = r"(\*?\.)?[\w-]+(\.[\w-]+)*\.?"
"""A domain in `NO_PROXY`, in lower case."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, named by an environment variable."""

    variable: str
    """The name of the variable, as it is written in the environment."""
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
class Exemption:
    """An entry of `NO_PROXY`."""

    text: str
    matches: bool | None
    """Whether it exempts the endpoint; None if it can't be parsed and is ignored."""


@dataclass(frozen=True, slots=True)
class Route:
    """How requests reach an endpoint: through a proxy or directly, and why."""

    proxy: Proxy | None = None
    """None for a direct connection."""
    no_proxy: str = ""
    """The name of the `NO_PROXY` variable, as it is written in the environment; empty if it is not set."""
    exemptions: tuple[Exemption, ...] = ()
    """The entries of `NO_PROXY`."""

    @property
    def exempted_by(self) -> str:
        """The first entry of `NO_PROXY` that exempts the endpoint, or an empty string."""
        return next((exemption.text for exemption in self.exemptions if exemption.matches), "")

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for each entry of `NO_PROXY` that can't be parsed; none if no proxy is used."""
        said = _("{name}: “{entry}” can't be parsed and is ignored; use a host, .domain, address or network")
        return tuple(
            said.format(name=self.no_proxy, entry=line(exemption.text, 60))
            for exemption in self.exemptions
            if exemption.matches is None and self.proxy is not None
        )


def route_to(endpoint: Endpoint, environ: Mapping[str, str]) -> Route:
    """Return how requests reach `endpoint`; always directly if it is loopback.

    Raises:
        ConfigError: the variable that is used names a proxy that can't be used.
    """
    if endpoint.is_loopback:
        return Route()
    no_proxy = _variable(environ, "no_proxy")
    entries = re.split(r"[,\s]+", environ[no_proxy]) if no_proxy else []
    exemptions = tuple(Exemption(entry, _exempts(entry, endpoint)) for entry in entries if entry)
    variable = next((written for name in _VARIABLES if (written := _variable(environ, name))), "")
    if not variable or any(exemption.matches for exemption in exemptions):
        return Route(None, no_proxy, exemptions)
    return Route(_parse(variable, environ[variable]), no_proxy, exemptions)


def unusable(variable: str, scheme: str = "") -> ConfigError:
    """Return the error for a proxy that can't be used; its address is not shown, because it may hold a password."""
    if scheme:
        return ConfigError(
            _("{name} names a proxy that can't be used ({scheme}://)").format(name=variable, scheme=line(scheme, 20)),
            next_step=_("use http://host:port, or unset it"),
        )
    return ConfigError(
        _("{name} names a proxy that can't be used").format(name=variable),
        why=_("it is not an address"),
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


def _exempts(entry: str, endpoint: Endpoint) -> bool | None:
    """Whether an entry of `NO_PROXY` exempts the endpoint; None if no tool can read the entry.

    curl, Go and Python read entries differently. An entry exempts the endpoint if one of them says so. It is `*`, a
    domain (for itself and its subdomains, also with a dot before it), `*.` and a domain (for its subdomains), an
    address or a network, each with an optional port; after a scheme, which only httpx reads, a host stands for itself
    alone.
    """
    if entry == "*":
        return True
    scheme, separator, rest = entry.lower().rpartition("://")
    if separator and scheme not in ("all", "http", "https"):
        return None
    network, port = _network(rest), ""
    if network is None:
        rest, _colon, port = rest.rpartition(":") if re.search(r":[0-9]{1,5}\Z", rest) else (rest, "", "")
        network = _network(rest)
    if network is None and not re.fullmatch(_DOMAIN, rest):
        return None
    if separator and scheme not in ("all", endpoint.scheme):
        return False
    if port and int(port) != (endpoint.port or _DEFAULT_PORTS[endpoint.scheme]):
        return False
    ours = endpoint.host.strip("[]").removesuffix(".")
    if network is not None:
        address = _network(ours)
        return address is not None and address.network_address in network
    domain = rest.removesuffix(".").removeprefix("*").removeprefix(".")
    return (ours == domain and not rest.startswith("*")) or (ours.endswith(f".{domain}") and not separator)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return the network that `text` names, an address with an optional prefix length; None if it is not one."""
    bracketed = re.fullmatch(r"\[([0-9a-f:.]+)\](/[0-9]+)?", text)
    try:
        return ipaddress.ip_network(f"{bracketed[1]}{bracketed[2] or ''}" if bracketed else text, strict=False)
    except ValueError:
        return None


def _parse(variable: str, url: str) -> Proxy:
    scheme, separator, address = url.strip().partition("://")
    scheme, address = (scheme.lower(), address) if separator else ("http", scheme)
    if scheme not in _DEFAULT_PORTS:
        raise unusable(variable, scheme)
    # An unescaped `#`, `/` or `?` in a password is rejected, because httpx would take a part of it for the host.
    matched = re.fullmatch(_ADDRESS, address)
    if matched is None:
        raise unusable(variable)
    port = int(matched["port"]) if matched["port"] else _DEFAULT_PORTS[scheme]
    if port > _LARGEST_PORT:
        raise unusable(variable)
    user, colon, password = (matched["login"] or "").partition(":")
    return Proxy(variable, scheme, matched["host"], port, unquote(user), Secret(unquote(password)) if colon else None)
