"""Changing the configuration file: whole, for the owner only, and with what the user wrote around it."""

import os
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui import files
from kps_tui.identity.configuration import load
from kps_tui.identity.profile_edits import remove, rename, save_profile, set_default
from kps_tui.identity.profiles import KINDS, Profile
from kps_tui.problems import ConfigError

ROOT = Path(__file__).parents[2]
WRITTEN = """\
# Mine.
theme = "dark"  # at night

[profiles.b]  # bee
# inside
region = "cn-north-4"  # here
future = 3

# about the view
[views.binds]
where = "op:bind"

[profiles.a]
kind = "agency"
# the end
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "kps-tui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(WRITTEN)
    return path


def test_the_first_profile_makes_the_file_and_its_folders_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kps-tui" / "config.toml"
    profile = Profile("prod", region="cn-north-4", kind="password", user="ops", account="example")
    save_profile(path, profile, make_default=True)
    assert load(path).profiles == {"prod": profile}
    assert load(path).default_profile == "prod"
    modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in [path, path.parent, path.parent.parent]}
    assert modes == {"config.toml": 0o600, "kps-tui": 0o700, "new": 0o700}
    assert {found.name for found in path.parent.iterdir()} == {"config.toml", ".config.toml.lock"}


def test_a_new_profile_is_added_at_the_end(path: Path) -> None:
    save_profile(path, Profile("new one", region="cn-north-1"))
    assert path.read_text() == WRITTEN + '\n[profiles."new one"]\nregion = "cn-north-1"\nkind = "token"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_profile_is_changed_in_its_place_and_unknown_keys_stay(path: Path) -> None:
    save_profile(path, Profile("b", project_id="p", kind="agency"))
    text = path.read_text()
    expected = WRITTEN.replace('region = "cn-north-4"  # here\n', "")
    assert tomllib.loads(text)["profiles"]["b"] == {"future": 3, "project_id": "p", "kind": "agency"}
    assert [line for line in text.splitlines() if line not in expected] == ['project_id = "p"']
    assert [line for line in expected.splitlines() if line not in text] == []


def test_a_rename_changes_one_line(path: Path) -> None:
    rename(path, "b", "c.d")
    assert path.read_text() == WRITTEN.replace("[profiles.b]", '[profiles."c.d"]')


def test_the_default_follows_a_rename_and_goes_with_a_remove(path: Path) -> None:
    set_default(path, "b")
    assert load(path).default_profile == "b"
    rename(path, "b", "c")
    assert load(path).default_profile == "c"
    remove(path, "c")
    assert load(path).default_profile == ""
    assert "default_profile" not in path.read_text()


def test_a_remove_takes_the_profile_and_leaves_the_comment_of_what_follows(path: Path) -> None:
    remove(path, "b")
    text = path.read_text()
    assert "bee" not in text
    assert "inside" not in text
    assert text.endswith(WRITTEN[WRITTEN.index("# about the view") :])
    assert list(load(path).profiles) == ["a"]


def test_the_last_profile_can_be_removed_and_another_added(path: Path) -> None:
    remove(path, "a")
    remove(path, "b")
    assert load(path).profiles == {}
    save_profile(path, Profile("z"))
    assert list(load(path).profiles) == ["z"]


@pytest.mark.parametrize(
    "text",
    [
        'profiles = {a = {region = "x"}, b = {}}\n',
        'profiles.a.region = "x"\nprofiles.b.region = "y"\n',
        '[profiles]\na.region = "x"\nb = {kind = "token"}\n',
        "[profiles]\n[profiles.a]\n[profiles.b]\n[profiles.a.deep]\nx = [\n  1,\n]\n",
        '[profiles.a]\r\nregion = "x"\r\n[profiles.b]\r\n',
        'default_profile = "a"\n["profiles"."a"]\nuser = """\n[profiles.b]\n"""\n[ profiles . b ]',
    ],
)
def test_however_it_is_written_a_change_is_right_or_refused(path: Path, text: str) -> None:
    steps: list[tuple[Callable[[], None], set[str]]] = [
        (lambda: rename(path, "a", "z"), {"z", "b"}),
        (lambda: save_profile(path, Profile("new", user="u")), {"z", "b", "new"}),
        (lambda: save_profile(path, Profile("b", user="v")), {"z", "b", "new"}),
        (lambda: set_default(path, "b"), {"z", "b", "new"}),
        (lambda: remove(path, "b"), {"z", "new"}),
        (lambda: remove(path, "z"), {"new"}),
    ]
    path.write_text(text)
    for step, names in steps:
        step()
        assert load(path).profiles.keys() == names


def test_what_cannot_be_is_refused_and_nothing_is_written(path: Path) -> None:
    refused: list[Callable[[], None]] = [
        lambda: rename(path, "x", "y"),
        lambda: rename(path, "a", "b"),
        lambda: rename(path, "a", "-"),
        lambda: remove(path, "bb"),
        lambda: set_default(path, "x"),
        lambda: save_profile(path, Profile("a\nb")),
    ]
    for change in refused:
        with pytest.raises(ConfigError) as caught:
            change()
        assert str(caught.value).isprintable()
    assert path.read_text() == WRITTEN


def test_a_broken_file_is_not_written_over(path: Path) -> None:
    path.write_text("theme = \n# precious")
    with pytest.raises(ConfigError) as caught:
        save_profile(path, Profile("new"))
    assert "line 1" in str(caught.value)
    assert path.read_text() == "theme = \n# precious"


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    save_profile(link, Profile("new"))
    assert link.is_symlink()
    assert "new" in load(path).profiles


characters = st.characters(exclude_categories=("C", "Z"))
names = st.builds("{}{}".format, characters.filter(lambda first: first != "-"), st.text(characters, max_size=11))
texts = st.text(max_size=20)
profiles = st.builds(Profile, names, texts, texts, texts, texts, st.sampled_from(KINDS), texts, texts, texts, texts)


@given(profiles, names)
def test_any_profile_comes_back_as_it_was(profile: Profile, new_name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        save_profile(path, profile, make_default=True)
        assert load(path).profiles == {profile.name: profile}
        if new_name != profile.name:
            rename(path, profile.name, new_name)
        assert load(path).default_profile == new_name
        remove(path, new_name)
        assert load(path).profiles == {}


def test_two_processes_at_once_lose_nothing(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from kps_tui.identity.profile_edits import save_profile\n"
        "from kps_tui.identity.profiles import Profile\n"
        "for number in range(15): save_profile(Path(sys.argv[1]), Profile(f'{sys.argv[2]}-{number}', user='x'))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name], cwd=ROOT)
        for name in ("first", "second", "third")
    ]
    while any(process.poll() is None for process in running):
        assert {"a", "b"} <= load(path).profiles.keys(), "whole at every moment"
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(load(path).profiles) == 2 + 3 * 15
    assert path.read_text().startswith(WRITTEN)


def test_a_lock_that_is_held_for_ever_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    with path.with_name(".config.toml.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConfigError) as caught:
            save_profile(path, Profile("new"))
    assert "another program holds its lock" in str(caught.value)
    assert path.read_text() == WRITTEN
    save_profile(path, Profile("new"))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that others than root can look into; those of pytest are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_read_only_home_is_said_and_nothing_is_left(open_folder: Path) -> None:
    folder = open_folder / "config"
    folder.mkdir()
    (folder / "config.toml").write_text(WRITTEN)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        for path in (folder / "config.toml", folder / "deeper" / "config.toml"):
            with pytest.raises(ConfigError) as caught:
                save_profile(path, Profile("new"))
            assert str(caught.value) == (
                f"{path} can't be written: Permission denied · "
                "nothing was changed; make room or allow it, or name another file with --config"
            )
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
    assert [found.name for found in folder.iterdir()] == ["config.toml"]


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "kps-tui").write_text("")
    with pytest.raises(ConfigError) as caught:
        save_profile(tmp_path / "kps-tui" / "config.toml", Profile("new"))
    assert "can't be" in str(caught.value)


def test_a_full_disk_is_said_and_the_file_is_as_it_was(path: Path) -> None:
    """A limit on the size of files stands for the full disk: the write breaks off in the middle."""
    path.write_text(WRITTEN + "# " + "x" * 8000 + "\n")
    before = path.read_text()
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from kps_tui.identity.profile_edits import save_profile\n"
        "from kps_tui.identity.profiles import Profile\n"
        "import tomlkit\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: save_profile(Path(sys.argv[1]), Profile('new'))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith(f"ConfigError {path} can't be written: File too large · nothing was changed")
    assert path.read_text() == before
    assert {found.name for found in path.parent.iterdir()} == {"config.toml", ".config.toml.lock"}
