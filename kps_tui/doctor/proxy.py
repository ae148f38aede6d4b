"""Which proxy a request to an endpoint takes, as httpx reads the environment; pure."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from kps_tui.kps.endpoint import Endpoint

_NAMES = ("https_proxy", "all_proxy")
_EVERY_NAME = ("http_proxy", *_NAMES)
_WHERE = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_USUAL_PORT = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the variable that names it."""

    variable: str
    scheme: str
    host: str
    """Empty where the variable can't be read."""
    port: int
    login: str = field(default="", repr=False)
    """`user:password`, decoded."""

    @property
    def shown(self) -> str:
        """Its URL without a login."""
        return f"{self.scheme}://{'…@' if self.login else ''}{self.host}:{self.port}"


def variable_of(name: str, environ: Mapping[str, str]) -> str:
    """Return how `name` is written in the environment; lower case wins, an empty one is none."""
    if name in environ:
        return name if environ[name] else ""
    return next((other for other in environ if other.lower() == name and environ[other]), "")


def proxy_for(endpoint: Endpoint, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that is asked for `endpoint`; None where none is."""
    if endpoint.is_loopback or bypassed(endpoint, environ):
        return None
    variable = next((found for name in _NAMES if (found := variable_of(name, environ))), "")
    return _parsed(variable, environ[variable]) if variable else None


def bypassed(endpoint: Endpoint, environ: Mapping[str, str]) -> bool:
    """Whether `NO_PROXY` names the endpoint."""
    variable = variable_of("no_proxy", environ)
    entries = [entry.strip() for entry in environ[variable].split(",")] if variable else []
    return any(_names(entry, endpoint) for entry in entries if entry)


def _names(entry: str, endpoint: Endpoint) -> bool:
    if entry == "*":
        return True
    scheme, separator, rest = entry.rpartition("://")
    if separator and scheme not in ("all", endpoint.scheme):
        return False
    host, _colon, port = rest.rpartition(":") if re.search(r"[^:]:[0-9]+$", rest) else (rest, "", "")
    # As httpx: the usual port counts as none, so `host:443` fits no https endpoint, while `https://host:443` does.
    usual = _USUAL_PORT[endpoint.scheme]
    asked = None if endpoint.port in (None, usual) else endpoint.port
    wanted = int(port) if port and not (scheme == endpoint.scheme and int(port) == usual) else None
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


def _parsed(variable: str, url: str) -> Proxy:
    scheme, separator, rest = url.strip().rpartition("://")
    login, _at, where = rest.rpartition("@")
    matched = _WHERE.fullmatch(where.rstrip("/"))
    # What httpx would read otherwise than it was meant (`#`, `/` or `?` in a password) is unreadable here.
    usable = matched and scheme in ("", "http", "https") and not set(login) & set("#/?[]")
    if not matched or not usable:
        return Proxy(variable, "", "", 0)
    scheme = scheme if separator else "http"
    port = int(matched[2]) if matched[2] else _USUAL_PORT[scheme]
    return Proxy(variable, scheme, matched[1], port, unquote(login))


def passwords_in(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the logins of every proxy variable, and their passwords, and what is left of them when they are split."""
    for name, value in environ.items():
        if name.lower() in _EVERY_NAME and "@" in value:
            login = value.rpartition("@")[0].rpartition("://")[2]
            password = login.partition(":")[2]
            yield from (login, password, *re.split(r"[#/?@]", password))
