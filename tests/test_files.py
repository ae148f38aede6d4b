"""Small files: bounded reads and atomic writes."""

import asyncio
import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from kps_tui import files
from kps_tui.blocking import TimedOut, run_async
from kps_tui.cli.output import open_output
from kps_tui.files import (
    LARGEST,
    OpenToOthers,
    appended,
    check_own,
    claim,
    create,
    locked,
    make_folder,
    make_private_folder,
    read,
    reason,
    whole_file,
    write,
)
from kps_tui.problems import ConfigError

ROOT = Path(__file__).parents[1]


def without_links(old: Path, new: Path) -> None:
    """Fail as on a file system without hard links."""
    raise OSError(errno.EPERM, "Operation not permitted")


def interrupted() -> str:
    raise KeyboardInterrupt


def write_slowly(
    path: Path, text: Callable[[], str], *, replace: bool, link: Callable[[Path, Path], None] = os.link
) -> None:
    """Write a text, flush it, and then write the result of `text`."""
    with whole_file(path, replace=replace, link=link) as file:
        file.write("half ")
        file.flush()
        file.write(text())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations in their order: `content` and `folder` for a sync, `name` for a rename."""
    seen: list[str] = []
    fsync = os.fsync

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        seen.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "content")

    monkeypatch.setattr(os, "fsync", synced)

    def named(function: Callable[..., None]) -> Callable[..., None]:
        def recorded(*names: object) -> None:
            function(*names)
            seen.append("name")

        return recorded

    monkeypatch.setattr(os, "replace", named(os.replace))
    monkeypatch.setattr(os, "link", named(os.link))
    return seen


@pytest.mark.parametrize("size", [0, 1, LARGEST])
def test_a_file_is_read_up_to_the_limit(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert read(path) == b"x" * size


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(OSError, match="it is larger than 1 MiB"):
        read(path)


@pytest.mark.parametrize("own", [True, False])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, own: bool) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo", Path("/dev/zero")):
        with pytest.raises(OSError, match="it is not a regular file"):
            read(path, own=own)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "missing", own=own)


def test_a_link_is_followed_unless_the_file_is_the_programs_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")
    assert read(link) == b"text"
    with pytest.raises(OSError, match="it is a symbolic link"):
        read(link, own=True)


@pytest.fixture
def of_another_user(tmp_path: Path) -> Path:
    """A file that belongs to another user, not root."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path = tmp_path / "file"
    path.write_bytes(b"text")
    os.chown(path, 65534, 65534)
    return path


def test_a_file_of_another_user_is_refused_where_it_should_be_ours(of_another_user: Path) -> None:
    assert read(of_another_user) == b"text"
    with pytest.raises(OSError, match="it belongs to another user"):
        read(of_another_user, own=True)
    with pytest.raises(OSError, match="it belongs to another user"):
        create(of_another_user)
    assert of_another_user.stat().st_uid == 65534


def test_the_reason_is_the_one_of_the_system(tmp_path: Path) -> None:
    assert reason(FileNotFoundError(errno.ENOENT, "No such file")) == "No such file"
    assert reason(OSError()) == "OSError"
    with pytest.raises(ValueError, match="null") as caught:
        read(Path("a\0b"))
    assert reason(caught.value) == "ValueError"


def test_the_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "a" / "b"
    create(folder / "created")
    write(folder / "written", "text")
    with whole_file(folder / "new", replace=False) as file:
        file.write("text")
    assert [mode(found) for found in (folder.parent, folder, *folder.iterdir())] == [0o700] * 2 + [0o600] * 3


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o750)
    make_folder(folder / "new")
    assert (mode(folder), mode(folder / "new")) == (0o750, 0o700)


def test_a_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for function in (create, make_folder):
        with pytest.raises(OSError, match=r"Not a directory|File exists"):
            function(tmp_path / "file" / "folder" / "file")


def test_a_created_file_keeps_its_content_and_loses_the_modes_of_others(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("kept")
    path.chmod(0o644)
    create(path)
    assert (path.read_text(), mode(path)) == ("kept", 0o600)


def test_a_link_in_the_place_of_a_created_file_is_refused(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.touch(mode=0o644)
    link.symlink_to(other)
    with pytest.raises(OSError, match="it is a symbolic link"):
        create(link)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="it is not a regular file"):
        create(tmp_path / "fifo")
    assert mode(other) == 0o644


def test_a_name_is_claimed_once(tmp_path: Path) -> None:
    claim(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        with pytest.raises(FileExistsError):
            claim(tmp_path / name)
    assert mode(tmp_path / "file") == 0o600


@pytest.mark.parametrize("replace", [True, False])
def test_it_is_there_when_the_block_ends_and_its_owners_alone(tmp_path: Path, replace: bool) -> None:
    path = tmp_path / "tasks.csv"
    with whole_file(path, replace=replace) as file:
        file.write("密钥 \ud83d\r\n")
        assert not path.exists()
    assert path.read_bytes() == "密钥 \\ud83d\r\n".encode()
    assert (mode(path), names(tmp_path)) == (0o600, ["tasks.csv"])


@pytest.mark.parametrize("replace", [True, False])
def test_the_content_is_on_the_disk_before_its_name_and_then_the_folder(
    tmp_path: Path, steps: list[str], replace: bool
) -> None:
    with whole_file(tmp_path / "file", replace=replace, link=os.link) as file:
        file.write("text")
    assert steps == ["content", "name", "folder"]


@pytest.mark.parametrize("replace", [True, False])
def test_nothing_is_left_of_a_block_that_fails(tmp_path: Path, replace: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        write_slowly(tmp_path / "new", lambda: str(1 // 0), replace=replace)
    with pytest.raises(KeyboardInterrupt):
        write_slowly(tmp_path / "new", interrupted, replace=replace)
    assert names(tmp_path) == []


def test_what_was_there_stays_when_a_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_slowly(path, lambda: str(1 // 0), replace=True)
    assert (path.read_text(), names(tmp_path)) == ("old", ["old"])


def test_what_is_there_is_replaced_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    path.chmod(0o644)
    with whole_file(path, replace=True) as file:
        file.write("new")
    assert (path.read_text(), mode(path), names(tmp_path)) == ("new", 0o600, ["old"])


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing"])
def test_what_is_there_is_not_replaced_unasked(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "old"
    if kind == "file":
        path.write_text("old")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    begun = False
    with pytest.raises(FileExistsError), whole_file(path, replace=False):
        begun = True
    assert not begun
    assert names(tmp_path) == ["old"]


@pytest.mark.parametrize("link", [os.link, without_links], ids=["links", "no links"])
def test_what_another_made_meanwhile_is_not_replaced(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    path = tmp_path / "new"

    def made_by_another() -> str:
        path.write_text("theirs")
        return "ours"

    with pytest.raises(FileExistsError):
        write_slowly(path, made_by_another, replace=False, link=link)
    assert (path.read_text(), names(tmp_path)) == ("theirs", ["new"])


def test_a_file_system_without_links_will_do(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with whole_file(path, replace=False, link=without_links) as file:
        file.write("whole")
    assert (path.read_text(), mode(path), names(tmp_path)) == ("whole", 0o600, ["new"])


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "no" / "file", replace=True):
        pass
    assert names(tmp_path) == []


def test_on_a_full_disk_the_file_is_as_it_was_and_nothing_is_left(tmp_path: Path) -> None:
    """A file size limit simulates the full disk: the write fails in the middle."""
    path = tmp_path / "file"
    path.write_text("old")
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from kps_tui.files import reason, write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: write(Path(sys.argv[1]), 'x' * 9000)\n"
        "except OSError as error: print(reason(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "File too large\n"
    assert (path.read_text(), names(tmp_path)) == ("old", ["file"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("replace", [True, False])
def test_nothing_is_left_by_a_signal(tmp_path: Path, number: signal.Signals, replace: bool) -> None:
    script = (
        "import signal, sys; from pathlib import Path\n"
        "from kps_tui.files import whole_file\n"
        "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
        f"with whole_file(Path(sys.argv[1]), replace={replace}) as file:\n"
        "    print('begun', flush=True); sys.stdin.read()\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "file")], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"begun\n"
    assert len(names(tmp_path)) == 1
    writer.send_signal(number)
    writer.communicate(timeout=60)
    assert writer.returncode == -number
    assert names(tmp_path) == []


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with whole_file(tmp_path / "file", replace=True) as file:
            signal.raise_signal(signal.SIGHUP)
            file.write("text")
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (tmp_path / "file").read_text() == "text"


def test_a_file_can_be_written_in_any_thread(tmp_path: Path) -> None:
    thread = threading.Thread(target=write, args=(tmp_path / "file", "text"))
    thread.start()
    thread.join(60)
    assert (tmp_path / "file").read_text() == "text"


def test_a_lock_keeps_another_process_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "file"
    script = (
        "import sys; from pathlib import Path\n"
        "from kps_tui.files import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    with pytest.raises(OSError, match="another program holds its lock"), locked(path):
        pass
    other.communicate(timeout=60)
    with locked(path):
        assert names(path.parent) == [".file.lock"]
    assert mode(path.parent / ".file.lock") == 0o600


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".file.lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic link"), locked(tmp_path / "file"):
        pass
    assert names(tmp_path) == [".file.lock"]


def test_links_are_resolved_as_the_system_does(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/file")
    (tmp_path / "other").symlink_to(tmp_path / "folder")
    (tmp_path / "loop").symlink_to("loop")
    assert files.resolved(tmp_path / "link") == tmp_path / "folder" / "file"
    assert files.resolved(tmp_path / "other" / "new") == tmp_path / "folder" / "new"
    assert files.resolved(tmp_path / "missing") == tmp_path / "missing"
    with pytest.raises(OSError, match="symbolic links"):
        files.resolved(tmp_path / "loop")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make the link of another user")
@pytest.mark.parametrize("name", ["link", "folder/file"])
def test_the_link_of_another_user_in_a_sticky_folder_is_not_followed(tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    target.mkdir()
    sticky = tmp_path / "sticky"
    sticky.mkdir()
    sticky.chmod(0o1777)
    for link, to in ((sticky / "link", target / "file"), (sticky / "folder", target)):
        link.symlink_to(to)
        os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(OSError, match="a symbolic link of another user"):
        files.resolved(sticky / name)
    with pytest.raises(ConfigError), open_output(str(sticky / name), "csv"):
        pass
    assert names(target) == []


WRITER = """
import sys; from pathlib import Path
from kps_tui.files import whole_file
with whole_file(Path(sys.argv[1]), replace=True) as file:
    file.write("half "); file.flush()
    print("begun", flush=True); sys.stdin.read()
    file.write("whole")
"""
LEFT = ".kps-tui-abcd0123.tmp"


@contextmanager
def writing(path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process that has begun to write `path`, and finishes it when its stdin is closed."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"begun\n"
        yield writer
    finally:
        writer.kill()
        writer.communicate(timeout=60)


def test_what_a_killed_process_left_is_removed_by_the_next_write_in_its_folder(tmp_path: Path) -> None:
    with writing(tmp_path / "tasks.csv") as writer:
        write(tmp_path / "other", "new")
        assert len(names(tmp_path)) == 2, "the process is alive"
        writer.kill()
        writer.wait(60)
        assert len(names(tmp_path)) == 2, "nothing can be done when a process is killed"
        write(tmp_path / "other", "newer")
        assert names(tmp_path) == ["other"]


def test_what_another_process_is_writing_is_left_alone_until_it_has_its_name(tmp_path: Path) -> None:
    with writing(tmp_path / "tasks.csv") as writer:
        for number in range(3):
            write(tmp_path / "other", f"{number}")
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert (tmp_path / "tasks.csv").read_text() == "half whole"
    assert names(tmp_path) == ["other", "tasks.csv"]


def test_many_files_are_written_in_one_folder_at_once(tmp_path: Path) -> None:
    """None takes the temporary file of another for one that is left over."""

    def work(number: int) -> None:
        for count in range(100):
            write(tmp_path / f"file-{number}", f"{count}")

    with ThreadPoolExecutor(8) as pool:
        [*pool.map(work, range(8))]
    assert names(tmp_path) == [f"file-{number}" for number in range(8)]
    assert {path.read_text() for path in tmp_path.iterdir()} == {"99"}


def test_only_own_regular_files_are_removed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / LEFT).symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / ".kps-tui-00000000.tmp")
    (tmp_path / ".kps-tui-11111111.tmp").mkdir()
    for near in (".kps-tui-short.tmp", f"{LEFT}.bak", f"a{LEFT}", ".file-abcd0123"):
        (tmp_path / near).touch()
    before = names(tmp_path)
    write(tmp_path / "file", "text")
    assert names(tmp_path) == sorted([*before, "file"])
    assert (tmp_path / "target").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_another_user_left_stays(tmp_path: Path) -> None:
    (tmp_path / LEFT).touch()
    os.chown(tmp_path / LEFT, 65534, 65534)
    write(tmp_path / "file", "text")
    assert names(tmp_path) == [LEFT, "file"]


@pytest.mark.parametrize(
    ("inner", "open_mode"), [("", 0o777), ("", 0o1777), ("sub", 0o777), ("sub/deeper", 0o702)], ids=str
)
def test_a_private_folder_is_one_where_nobody_else_can_plant_anything(
    tmp_path: Path, inner: str, open_mode: int
) -> None:
    place = tmp_path / "place"
    folder = place / inner
    make_private_folder(folder)
    place.chmod(open_mode)
    for use in (
        lambda: make_private_folder(folder),
        lambda: create(folder / "file"),
        lambda: appended(folder / "file"),
        lambda: check_own(folder / "file"),
    ):
        with pytest.raises(OpenToOthers, match=f"{place}: every user may write to it"):
            use()
    assert list(folder.iterdir()) == []


def test_a_private_folder_may_be_in_a_sticky_one_behind_an_own_link_and_in_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sticky, public = tmp_path / "sticky", tmp_path / "public"
    for folder, bits in ((sticky, 0o1777), (public, 0o777)):
        folder.mkdir()
        folder.chmod(bits)
    make_private_folder(sticky / "own")
    (tmp_path / "link").symlink_to(sticky / "own")
    make_private_folder(tmp_path / "link")
    monkeypatch.setenv("HOME", str(public / "home"))
    make_private_folder(public / "home" / "state")
    with pytest.raises(OpenToOthers):
        make_private_folder(public / "other" / "state")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make the folder and the link of another user")
def test_a_private_folder_is_not_another_users_nor_behind_another_users_link(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 65534, 65534)
    (tmp_path / "own").mkdir()
    (tmp_path / "link").symlink_to("own")
    os.chown(tmp_path / "link", 65534, 65534, follow_symlinks=False)
    with pytest.raises(OpenToOthers, match="theirs: it belongs to another user"):
        make_private_folder(tmp_path / "theirs")
    with pytest.raises(OpenToOthers, match="link: it is a symbolic link of another user"):
        make_private_folder(tmp_path / "link")


def test_a_line_is_appended_to_an_own_regular_file_alone(tmp_path: Path) -> None:
    path, other = tmp_path / "new" / "log", tmp_path / "other"
    for text in ("密\n", "\ud83d\n"):
        with appended(path) as file:
            file.write(text)
        assert mode(path) == 0o600
        path.chmod(0o644)
    assert path.read_text() == "密\n\\ud83d\n"
    other.write_text("mine")
    other.chmod(0o644)
    (tmp_path / "link").symlink_to(other)
    os.mkfifo(tmp_path / "fifo")
    for name, said in (("link", "it is a symbolic link"), ("fifo", "it is not a regular file")):
        with pytest.raises(OSError, match=said):
            appended(tmp_path / name)
    assert (other.read_text(), mode(other)) == ("mine", 0o644)


def test_a_special_file_is_opened_as_it_is_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("fifo")
    for name in ("file", "missing"):
        assert files.opened_special(tmp_path / name, wait=False) is None
    with pytest.raises(OSError, match="it is a pipe that no program reads"):
        files.opened_special(tmp_path / "fifo", wait=False)
    with pytest.raises(IsADirectoryError):
        files.opened_special(tmp_path, wait=False)
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    for name in ("fifo", "link", "/dev/null", f"/proc/self/fd/{reader}"):
        opened = files.opened_special(tmp_path / name, wait=False)
        assert opened is not None
        with opened:
            opened.write("text")
    assert os.read(reader, 100) == b"text" * 3
    os.close(reader)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make the FIFO of another user")
def test_the_fifo_of_another_user_in_a_sticky_folder_is_not_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    os.chown(tmp_path / "fifo", 65534, 65534)
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    tmp_path.chmod(0o1777)
    with pytest.raises(OSError, match="it belongs to another user"):
        files.opened_special(tmp_path / "fifo", wait=False)
    with pytest.raises(ConfigError, match="it belongs to another user"), open_output(str(tmp_path / "fifo"), "csv"):
        pass
    os.close(reader)


def test_a_file_that_nobody_waits_for_any_more_gets_no_name(tmp_path: Path) -> None:
    """As after Esc while a slow disk is written."""
    go_on, done = threading.Event(), threading.Event()
    path = tmp_path / "out.csv"
    path.write_text("before")

    def work() -> None:
        try:
            with whole_file(path, replace=True) as file:
                file.write("after")
                go_on.wait()
        finally:
            done.set()

    with pytest.raises(TimedOut):
        asyncio.run(run_async(work, deadline=0.01))
    go_on.set()
    assert done.wait(30)
    assert path.read_text() == "before"
    assert [*tmp_path.iterdir()] == [path]
