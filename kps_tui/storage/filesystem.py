"""Recognizes network file systems, where SQLite's WAL, which needs shared memory, would silently lose data."""

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = re.compile(r"nfs4?|cifs|smb3|smbfs|9p|afs|ceph|lustre|gpfs|beegfs|ocfs2|gfs2|glusterfs|davfs|fuse\..+")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def is_on_network(path: Path) -> bool:
    """Return whether `path` lies on a network file system; False where the system has no list of mounts."""
    try:
        mounts = _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    return _NETWORK.fullmatch(file_system_type(Path(os.path.realpath(path)), mounts)) is not None


def file_system_type(path: Path, mounts: str) -> str:
    """Return the type of the file system that holds `path`, from the text of `/proc/self/mounts`; empty if unknown."""
    found, depth = "", 0
    for mount in mounts.splitlines():
        words = mount.split(" ")
        if len(words) < 3:
            continue
        folder = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), words[1]))
        # A later mount on the same folder hides an earlier one.
        if path.is_relative_to(folder) and len(folder.parts) >= depth:
            found, depth = words[2], len(folder.parts)
    return found
