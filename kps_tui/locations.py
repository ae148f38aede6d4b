"""The paths of the program's own files. These functions create nothing."""

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
    """Return the SQLite database with the cached lists."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "kps-tui.sqlite3"


def ledger_file() -> Path:
    """Return the SQLite database of what was seen and acknowledged."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "ledger.sqlite3"


def copies_folder() -> Path:
    """Return the folder for copies that may not have reached the clipboard."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "copies"


def config_file() -> Path:
    """Return the default configuration file; `--config` names another."""
    from platformdirs import user_config_path

    return user_config_path("kps-tui") / "config.toml"
