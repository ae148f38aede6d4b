"""Chooses the keyring of the system, from a list of classes that are known to keep a secret safe.

Safe means encrypted, or held by the operating system. All others count as none: `fail`, `null` (drops every secret
silently), `keyrings.alt` (readable files), and those of plug-ins (which may print, or prompt on the terminal of the
screen). `keyring.get_keyring()` is not used: it loads and runs every plug-in it finds, and joins them to a chain, in
which a secret may end up in another backend than the first.
"""

import configparser
import importlib
import logging
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from kps_tui.i18n import _
from kps_tui.identity.keyring_errors import NoKeyring, NotAllowed, other_ways
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "PYTHON_KEYRING_BACKEND"
_CHAIN = "keyring.backends.chainer.ChainerBackend"
"""Means the best backend available; here, the best of the list."""

ALLOWED = {
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.libsecret.Keyring": "libsecret",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet 4",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Locker",
}
_ELSEWHERE = {"darwin": "macOS", "win32": "Windows"}


class Opened(NamedTuple):
    """A keyring that may be used."""

    title: str
    backend: "KeyringBackend"


def opened(environ: Mapping[str, str] = os.environ) -> Opened:
    """Return the keyring that the user chose, else the best of the list. May block: it asks the session bus.

    Raises:
        NotAllowed: the user chose one that is not on the list.
        NoKeyring: there is none that works.
    """
    # Without a handler, its warnings would be written across the screen.
    logging.getLogger("keyring").addHandler(logging.NullHandler())
    chosen, source = environ.get(VARIABLE, ""), VARIABLE
    if not chosen:
        chosen, source = _chosen_in_file()
    if chosen and chosen not in (*ALLOWED, _CHAIN):
        raise NotAllowed(
            _("no keyring is used"),
            why=_("{source} chooses “{chosen}”, which is not known to keep a secret safe").format(
                source=source, chosen=line(chosen, 80)
            ),
            next_step=_("unset it; or {instead}").format(instead=other_ways()),
        )
    names = [chosen] if chosen in ALLOWED else [name for name in ALLOWED if _is_of_this_system(name)]
    reasons: list[str] = []
    usable = [(priority, name) for name in names if (priority := _priority(name, reasons))]
    if not usable:
        raise NoKeyring(_("there is no keyring"), why="; ".join(reasons[:1]), next_step=other_ways())
    best = max(usable)[1]
    return Opened(ALLOWED[best], _class(best)())


def _is_of_this_system(name: str) -> bool:
    module = name.split(".")[2]
    mine = _ELSEWHERE.get(sys.platform, "")
    return module == mine if mine else module not in _ELSEWHERE.values()


def _class(name: str) -> "type[KeyringBackend]":
    module, _dot, kind = name.rpartition(".")
    found: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
    return found


def _priority(name: str, reasons: list[str]) -> float:
    """Return the priority of a backend; 0 if it does not work here, and then the reason is added to `reasons`."""
    try:
        return float(_class(name).priority)
    except Exception as error:
        # Backends raise a RuntimeError with a sentence if they can't work; no secret has been read by then.
        in_words = isinstance(error, RuntimeError)
        said = str(error) if in_words else _("{kind} while it was loaded").format(kind=type(error).__name__)
        reasons.append(f"{ALLOWED[name]}: {line(said, 160)}")
        return 0.0


def _chosen_in_file() -> tuple[str, str]:
    """Return what `keyringrc.cfg` chooses (`keyring --disable` writes it), and its path."""
    from keyring.util import platform_

    path = platform_.config_root() / "keyringrc.cfg"
    config = configparser.RawConfigParser()
    try:
        config.read(path, encoding="utf-8")
        return config.get("backend", "default-keyring", fallback="").strip(), line(str(path), 200)
    except (OSError, UnicodeDecodeError, configparser.Error):
        return "", ""
