"""The paths of the program's own files, and of files that the user names. These functions create nothing."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent


def styles() -> Path:
    """Return the folder of the style sheets: inside the package in an installed wheel, beside it in a checkout."""
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


def debug_log() -> Path:
    """Return the file that `--debug` writes."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "debug.log"


def database_file() -> Path:
    """Return the SQLite database of the saved lists."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "kps-tui.sqlite3"


def ledger_file() -> Path:
    """Return the SQLite database of the ledger: the tasks that were seen and acknowledged."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "ledger.sqlite3"


def copies_folder() -> Path:
    """Return the folder for copies that may not have reached the clipboard."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "copies"


def config_file(named: str | None = None) -> Path:
    """Return the configuration file that `--config` or `KPS_TUI_CONFIG` names, else the default one."""
    if named:
        return typed_path(named)
    from platformdirs import user_config_path

    return user_config_path("kps-tui") / "config.toml"


def typed_path(text: str) -> Path:
    """Return a path that the user has typed, with `~` and `~user` expanded. An unknown user is not expanded."""
    # `Path.expanduser` raises a RuntimeError for an unknown user. Here, the caller finds that there is no such file.
    return Path(os.path.expanduser(text))  # noqa: PTH111
