"""Whether a file lies on another machine: there SQLite's WAL, which shares memory, would lose data without a word."""

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = re.compile(r"nfs4?|cifs|smb3|smbfs|9p|afs|ceph|lustre|gpfs|beegfs|ocfs2|gfs2|glusterfs|davfs|fuse\..+")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def is_on_network(path: Path) -> bool:
    """Return whether `path` lies on a file system of another machine; no where the system does not tell."""
    try:
        mounts = _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    return _NETWORK.fullmatch(kind(Path(os.path.realpath(path)), mounts)) is not None


def kind(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds `path`, from the lines of `/proc/self/mounts`."""
    found, depth = "", 0
    for mount in mounts.splitlines():
        words = mount.split(" ")
        if len(words) < 3:
            continue
        folder = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), words[1]))
        # What was mounted later on the same folder hides the earlier.
        if path.is_relative_to(folder) and len(folder.parts) >= depth:
            found, depth = words[2], len(folder.parts)
    return found
