"""The address of a service, `scheme://host[:port]`, validated before any request."""

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from kps_tui.i18n import _
from kps_tui.problems import ConfigError
from kps_tui.sanitize import line


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The origin that requests go to."""

    scheme: str
    host: str
    """As in a URL: an IPv6 address is in brackets."""
    port: int | None = None

    @classmethod
    def parse(cls, text: str, name: str = "--endpoint") -> Self:
        """Parse `text`; a trailing `/v3` is dropped. `name` is the source of `text`, for error messages.

        Raises:
            ConfigError: it is not an origin, contains a login, or is `http://` to a host that is not loopback.
        """
        text = text.strip()
        if "@" in text:
            raise ConfigError(
                _("{name} holds a user name or a password").format(name=name),
                why=_("it would be sent with every request"),
                next_step=_allowed(),
            )
        try:
            parts = urlsplit(text)
            port = parts.port
            host = parts.hostname or ""
        except ValueError:
            raise _wrong(name, text) from None
        if parts.scheme not in ("http", "https") or not _is_host(host) or parts.query or parts.fragment:
            raise _wrong(name, text)
        if parts.path.rstrip("/") not in ("", "/v3"):
            raise _wrong(name, text)
        endpoint = cls(parts.scheme, f"[{host}]" if ":" in host else host, port)
        # urlsplit silently drops line ends and text beside brackets, which would make it another host.
        if not text.isprintable() or endpoint.netloc != parts.netloc.lower():
            raise _wrong(name, text)
        if endpoint.scheme == "http" and not endpoint.is_loopback:
            raise ConfigError(
                _("{name} “{text}” is not encrypted").format(name=name, text=line(text, 100)),
                why=_("the login could be read on the way"),
                next_step=_("use https://; http:// is for this machine only (127.0.0.1, [::1], localhost)"),
            )
        return endpoint

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """`host[:port]`."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """`scheme://host:port`, including a default port: it is equal for any two endpoints of one origin."""
        usual = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{self.host}:{usual if self.port is None else self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine; then no proxy is used."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return "%" not in host and bool(ipaddress.ip_address(host))
        except ValueError:
            return False
    labels = host.removesuffix(".").split(".")
    return host.isascii() and all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels)


def _allowed() -> str:
    return _("use scheme://host[:port], such as https://kms.cn-north-4.myhuaweicloud.com")


def _wrong(name: str, text: str) -> ConfigError:
    shown = line(text.partition("?")[0], 100)
    return ConfigError(_("{name} “{text}” is not a valid endpoint").format(name=name, text=shown), next_step=_allowed())
