"""Chooses the system keyring from a list of backends that store secrets safely.

Safe means encrypted, or held by the operating system. Other backends are refused: `fail`, `null` (drops every secret
silently), `keyrings.alt` (readable files), and plug-ins (which may print, or prompt on the terminal of the screen).
`keyring.get_keyring()` is not used, because it loads and runs every plug-in it finds, and chains the backends, so that
a secret may end up in another one than the first.

The keyring of the Linux kernel is the last choice: it is used if there is no other, but not in place of one that is
there and does not answer.
"""

import configparser
import importlib
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from kps_tui.i18n import _
from kps_tui.identity.keyring_errors import Absent, NoKeyring, NotAllowed, meaning, other_ways
from kps_tui.problems import not_loadable
from kps_tui.sanitize import line

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "PYTHON_KEYRING_BACKEND"
_CHAIN = "keyring.backends.chainer.ChainerBackend"
"""The default of the keyring library. If the user chooses it, this is as if nothing was chosen."""
KERNEL = "Linux kernel"
_KERNEL_CLASS = "kps_tui.identity.kernel_keyring.KernelKeyring"

_SECRET_SERVICE = "keyring.backends.SecretService.Keyring"

ALLOWED = {
    _SECRET_SERVICE: "Secret Service",
    "keyring.backends.libsecret.Keyring": "libsecret",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet 4",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Locker",
    _KERNEL_CLASS: KERNEL,
}
"""Titles by the name of the class. A profile holds the title of the keyring that its login is in."""
_OTHER_SYSTEMS = {"darwin": "macOS", "win32": "Windows"}
"""By `sys.platform`, the module of the backend that works only on this system."""
_ABSENT = (RuntimeError, ImportError, OSError)
"""What a backend that does not exist here raises: a sentence, or its library or the bus socket is missing."""


class OpenKeyring(NamedTuple):
    """A keyring that works here."""

    title: str
    backend: "KeyringBackend"
    lifetime: str = ""
    """How long it keeps an item, such as “until reboot”; empty if it keeps items for good."""


@runtime_checkable
class Expiring(Protocol):
    """A backend whose items can expire."""

    def expire(self, service: str, username: str, seconds: int) -> None:
        """Let the item expire after `seconds`."""


def open_keyring(kept_in: str = "", environ: Mapping[str, str] = os.environ) -> OpenKeyring:
    """Return the keyring that the user chose, else the one titled `kept_in`, else the best one of the list.

    May block, because it asks the session bus. An unknown `kept_in` is ignored.

    Raises:
        NotAllowed: the user chose one that is not on the list.
        NoKeyring: none works; `Absent` if there is a `kept_in` and it is not here.
    """
    chosen = _choice(environ)
    if chosen:
        names = [chosen]
    elif kept_in in titles():
        return open_by_title(kept_in, environ)
    else:
        names = _of_this_system()
    reasons: list[str] = []
    unanswered: list[tuple[str, Exception]] = []
    usable = [(priority, name) for name in names if (priority := _priority(name, environ, reasons, unanswered))]
    best = max(usable)[1] if usable else ""
    if unanswered and best in ("", _KERNEL_CLASS):
        title, error = unanswered[0]
        raise meaning(error, title)
    if not best:
        raise NoKeyring(_("there is no keyring"), why="; ".join(reasons[:1]), next_step=other_ways())
    return _opened(best)


def open_by_title(title: str, environ: Mapping[str, str] = os.environ) -> OpenKeyring:
    """Return the keyring with this title. May block, because it asks the session bus.

    Raises:
        NotAllowed: the user chose one that is not on the list.
        Absent: it does not exist here.
        NoKeyring: it exists and does not answer.
    """
    _choice(environ)
    name = next(name for name, known in ALLOWED.items() if known == title)
    reasons: list[str] = []
    unanswered: list[tuple[str, Exception]] = []
    if _priority(name, environ, reasons, unanswered):
        return _opened(name)
    if unanswered:
        raise meaning(unanswered[0][1], title)
    raise Absent(
        _("the login is in the keyring ({backend}), which can't be reached here").format(backend=title),
        why=reasons[0].removeprefix(f"{title}: "),
        next_step=_("log in again to save it in another keyring; or {instead}").format(instead=other_ways()),
    )


def titles() -> list[str]:
    """Return the titles of the keyrings that may exist on this system."""
    return [ALLOWED[name] for name in _of_this_system()]


def _opened(name: str) -> OpenKeyring:
    if name != _KERNEL_CLASS:
        return OpenKeyring(ALLOWED[name], _class(name)())
    from kps_tui.identity.kernel_keyring import lifetime

    return OpenKeyring(KERNEL, _class(name)(), lifetime())


def _choice(environ: Mapping[str, str]) -> str:
    """Return the class name of the backend that the user chose, or an empty text for the best one of the list.

    Raises:
        NotAllowed: it is not on the list.
    """
    # Without a handler, logging would print the warnings of the library on the screen.
    logging.getLogger("keyring").addHandler(logging.NullHandler())
    chosen, source = environ.get(VARIABLE, ""), VARIABLE
    if not chosen:
        chosen, source = _chosen_in_file()
    if chosen and chosen not in (*ALLOWED, _CHAIN):
        raise NotAllowed(
            _("no keyring is used"),
            why=_("{source} selects “{chosen}”, which is not known to store secrets safely").format(
                source=source, chosen=line(chosen, 80)
            ),
            next_step=_("unset it; or {instead}").format(instead=other_ways()),
        )
    return chosen if chosen in ALLOWED else ""


def _of_this_system() -> list[str]:
    return [name for name in ALLOWED if _is_of_this_system(name)]


def _is_of_this_system(name: str) -> bool:
    if name == _KERNEL_CLASS:
        return sys.platform == "linux"
    module = name.split(".")[2]
    mine = _OTHER_SYSTEMS.get(sys.platform, "")
    return module == mine if mine else module not in _OTHER_SYSTEMS.values()


def _class(name: str) -> "type[KeyringBackend]":
    module, _dot, kind = name.rpartition(".")
    found: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
    return found


def _priority(
    name: str, environ: Mapping[str, str], reasons: list[str], unanswered: list[tuple[str, Exception]]
) -> float:
    """Return the priority of a backend. If it does not work here, append why to `reasons`, and return 0.

    The title and the exception are added to `unanswered` if it is here and does not answer, or may be here and can't
    be asked, because its library can't be loaded.
    """
    try:
        if name == _SECRET_SERVICE:
            # The backend would only say that its library is required, although it is always installed.
            importlib.import_module("secretstorage")
        return float(_class(name).priority)
    except Exception as error:
        # The text of a RuntimeError is the backend's reason. It holds no secret, because none has been read yet.
        said = str(error) if isinstance(error, RuntimeError) else ""
        if isinstance(error, ImportError):
            said = not_loadable(error).what_and_why
        said = said or _("{kind} while it was loaded").format(kind=type(error).__name__)
        reasons.append(f"{ALLOWED[name]}: {line(said, 160)}")
        cannot_be_asked = name == _SECRET_SERVICE and isinstance(error, ImportError) and _has_session_bus(environ)
        if not isinstance(error, _ABSENT) or isinstance(error, TimeoutError) or cannot_be_asked:
            unanswered.append((ALLOWED[name], error))
        return 0.0


def _has_session_bus(environ: Mapping[str, str]) -> bool:
    """Return whether a session bus is named, or has its socket in the usual place."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    return bool(environ.get("DBUS_SESSION_BUS_ADDRESS")) or bool(runtime and os.access(Path(runtime, "bus"), os.F_OK))


def _chosen_in_file() -> tuple[str, str]:
    """Return the backend that `keyringrc.cfg` chooses (`keyring --disable` writes it), and the path of that file."""
    from keyring.util import platform_

    path = platform_.config_root() / "keyringrc.cfg"
    config = configparser.RawConfigParser()
    try:
        config.read(path, encoding="utf-8")
        return config.get("backend", "default-keyring", fallback="").strip(), line(str(path), 200)
    except (OSError, UnicodeDecodeError, configparser.Error):
        return "", ""
