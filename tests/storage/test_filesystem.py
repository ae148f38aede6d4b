"""Which file systems are on another machine."""

from pathlib import Path

import pytest

from kps_tui.storage.filesystem import file_system_type, is_on_network

MOUNTS = r"""
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
auto /home autofs rw 0 0
filer:/vol /home nfs4 rw,vers=4.2 0 0
filer:/other /home/ops\040team nfs rw 0 0
tmpfs /home/ops\040team/local tmpfs rw 0 0
me@host: /mnt/far fuse.sshfs rw 0 0
odd
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/lib/x", "ext4"),
        ("/home/ops/x", "nfs4"),
        ("/homes/ops/x", "ext4"),
        ("/home/ops team/x", "nfs"),
        ("/home/ops team/local/x", "tmpfs"),
        ("/mnt/far/x", "fuse.sshfs"),
        ("/proc", "proc"),
    ],
)
def test_the_deepest_mount_holds_the_file(path: str, expected: str) -> None:
    assert file_system_type(Path(path), MOUNTS) == expected


def test_where_the_system_does_not_tell() -> None:
    assert file_system_type(Path("/home/x"), "") == ""


def test_the_file_systems_of_this_machine() -> None:
    """`/proc` is local; for a path that does not exist, its folder decides."""
    assert not is_on_network(Path("/proc/self/nothing"))
