"""A temporary home folder, so that the program writes nothing to the real one."""

import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

_VARIABLES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "TMPDIR")


@contextmanager
def moved_to(folder: Path) -> Iterator[None]:
    """Set the home, its standard folders and the current folder to `folder`."""
    before = dict(os.environ)
    os.environ |= {"HOME": str(folder)} | {name: str(folder / name.lower()) for name in _VARIABLES}
    for name in _VARIABLES:
        Path(os.environ[name]).mkdir(mode=0o700, exist_ok=True)
    try:
        with chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ |= before
