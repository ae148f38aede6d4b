"""Where the files that belong to the program lie. Nothing is created by looking."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def styles() -> Path:
    """Return the folder of the style sheets: beside the code in an installed wheel, beside the package in a checkout.

    An editable install may leave a copy in site-packages, never beside the package: the checkout's is read there.
    """
    installed = _PACKAGE / "styles"
    return installed if installed.is_dir() else _PACKAGE.parent / "styles"


def debug_log() -> Path:
    """Return where `--debug` writes."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "debug.log"


def database_file() -> Path:
    """Return where what is kept from one run to the next lies."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "kps-tui.sqlite3"


def copies_folder() -> Path:
    """Return where copies that did not reach the clipboard are kept."""
    from platformdirs import user_state_path

    return user_state_path("kps-tui") / "copies"


def config_file() -> Path:
    """Return where the configuration is, unless `--config` names another file."""
    from platformdirs import user_config_path

    return user_config_path("kps-tui") / "config.toml"
