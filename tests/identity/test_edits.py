"""The files that the program writes: atomically, with mode 0600, and never the user's file."""

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
from kps_tui.identity.edits import (
    ViewExists,
    remove_profile,
    rename_profile,
    save_profile,
    save_view,
    set_default,
)
from kps_tui.identity.profiles import KINDS, Profile, SavedView, profiles_file, views_file
from kps_tui.problems import ConfigError

ROOT = Path(__file__).parents[2]
USERS = """\
# Mine.
theme = "dark"  # at night

[profiles.mine]
region = "cn-north-4"

[views.binds]
where = "op:bind"
"""
PROFILES = """\
# Changed by hand.
newer = [1, {a = "x"}]

[profiles.b]
region = "cn-north-4"
future = 3

[profiles.a]
kind = "agency"
"""
VIEWS = """\
[views.old]
sort = "server"
future = true
"""
FIRST_LINE = "# Written by kps-tui, which drops comments. Put your own settings into config.toml.\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "kps-tui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(USERS)
    profiles_file(path).write_text(PROFILES)
    views_file(path).write_text(VIEWS)
    return path


def texts_of(path: Path) -> list[str]:
    return [file.read_text() for file in (path, profiles_file(path), views_file(path))]


def test_the_first_profile_makes_the_file_and_its_folders_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kps-tui" / "config.toml"
    profile = Profile("prod", region="cn-north-4", kind="password", user="ops", account="example")
    save_profile(path, profile)
    set_default(path, "prod")
    assert load(path).profiles == {"prod": profile}
    assert (load(path).default_profile, load(path).is_default_saved, [*load(path).saved]) == ("prod", True, ["prod"])
    own = profiles_file(path)
    modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in [own, path.parent, path.parent.parent]}
    assert modes == {"profiles.toml": 0o600, "kps-tui": 0o700, "new": 0o700}
    assert {found.name for found in path.parent.iterdir()} == {"profiles.toml", ".profiles.toml.lock"}
    assert own.read_text() == (
        f"{FIRST_LINE}\n"
        'default_profile = "prod"\n'
        "\n"
        "[profiles.prod]\n"
        'region = "cn-north-4"\n'
        'kind = "password"\n'
        'user = "ops"\n'
        'account = "example"\n'
    )


def test_the_first_view_makes_its_own_file_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    view = SavedView("night", "op:bind since:24h", "server,-time", "err")
    save_view(path, view, replace=False)
    assert load(path).views == (view,)
    own = views_file(path)
    assert [stat.S_IMODE(found.stat().st_mode) for found in (own, own.parent)] == [0o600, 0o700]
    assert own.read_text() == (
        f'{FIRST_LINE}\n[views.night]\nwhere = "op:bind since:24h"\nsort = "server,-time"\nfacet = "err"\n'
    )
    assert not path.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda path: save_profile(path, Profile("new one", region="cn-north-1")),
        lambda path: save_profile(path, Profile("mine", region="cn-east-3")),
        lambda path: rename_profile(path, "b", "c.d"),
        lambda path: remove_profile(path, "b"),
        lambda path: set_default(path, "mine"),
        lambda path: save_view(path, SavedView("new one"), replace=False),
        lambda path: save_view(path, SavedView("binds"), replace=True),
    ],
)
def test_the_users_own_file_is_never_written(path: Path, change: Callable[[Path], None]) -> None:
    before = path.stat()
    path.chmod(0o400)
    change(path)
    after = path.stat()
    assert path.read_text() == USERS
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_new_profile_is_the_last(path: Path) -> None:
    save_profile(path, Profile("new one", region="cn-north-1"))
    assert list(load(path).profiles) == ["mine", "b", "a", "new one"]
    assert profiles_file(path).read_text().startswith(FIRST_LINE)
    assert profiles_file(path).read_text().endswith('\n[profiles."new one"]\nregion = "cn-north-1"\nkind = "token"\n')


def test_a_profile_is_changed_in_its_place_and_what_a_newer_version_wrote_stays(path: Path) -> None:
    save_profile(path, Profile("b", project_id="p", kind="agency"))
    tables = tomllib.loads(profiles_file(path).read_text())
    assert tables["profiles"]["b"] == {"future": 3, "project_id": "p", "kind": "agency"}
    assert (list(tables["profiles"]), tables["newer"]) == (["b", "a"], [1, {"a": "x"}])


def test_a_renamed_profile_keeps_its_place_and_all_it_says(path: Path) -> None:
    before = tomllib.loads(PROFILES)["profiles"]
    rename_profile(path, "b", "c.d")
    after = tomllib.loads(profiles_file(path).read_text())["profiles"]
    assert (list(after), after["c.d"]) == (["c.d", "a"], before["b"])


def test_the_default_follows_a_rename_and_goes_with_a_remove(path: Path) -> None:
    set_default(path, "b")
    assert load(path).default_profile == "b"
    rename_profile(path, "b", "c")
    assert load(path).default_profile == "c"
    remove_profile(path, "c")
    assert load(path).default_profile == ""


def test_the_last_profile_can_be_removed_and_another_added(path: Path) -> None:
    remove_profile(path, "a")
    remove_profile(path, "b")
    assert list(load(path).profiles) == ["mine"]
    save_profile(path, Profile("z"))
    assert list(load(path).profiles) == ["mine", "z"]


def test_a_login_over_a_profile_of_the_users_file_counts_and_is_warned_of(path: Path) -> None:
    save_profile(path, Profile("mine", region="cn-east-3"))
    found = load(path)
    assert found.profiles["mine"].region == "cn-east-3"
    assert found.file_of("mine") == profiles_file(path)
    said = f"{path}, line 4: profiles.mine: ignored, because profiles.toml has one of that name; remove this one"
    assert said in found.warnings
    remove_profile(path, "mine")
    assert (load(path).profiles["mine"].region, load(path).file_of("mine")) == ("cn-north-4", path)


def test_a_profile_of_the_users_file_is_not_changed_and_the_sentence_says_where_it_stands(path: Path) -> None:
    changes: list[Callable[[], None]] = [
        lambda: remove_profile(path, "mine"),
        lambda: rename_profile(path, "mine", "x"),
    ]
    for change in changes:
        with pytest.raises(ConfigError) as caught:
            change()
        assert str(caught.value) == (
            f"profile “mine” is defined in {path}, line 4, which kps-tui does not edit · "
            "edit it there; kps-tui logout --profile mine forgets its login"
        )
    assert texts_of(path) == [USERS, PROFILES, VIEWS]


def test_a_profile_of_the_users_file_can_be_the_default(path: Path) -> None:
    set_default(path, "mine")
    assert (load(path).default_profile, load(path).is_default_saved) == ("mine", True)


def test_the_default_of_the_users_file_counts_and_the_sentences_name_its_line(path: Path) -> None:
    set_default(path, "a")
    saved = profiles_file(path).read_text()
    path.write_text(USERS.replace("[profiles", 'default_profile = "b"\n[profiles'))
    assert (load(path).default_profile, load(path).is_default_saved) == ("b", False)
    with pytest.raises(ConfigError) as caught:
        set_default(path, "a")
    assert str(caught.value) == (
        f"{path}, line 4: default_profile = “b” takes precedence over this command · "
        "change or remove it there, then try again"
    )
    changes: list[Callable[[], None]] = [lambda: remove_profile(path, "b"), lambda: rename_profile(path, "b", "x")]
    for change in changes:
        with pytest.raises(ConfigError) as caught:
            change()
        assert str(caught.value) == (
            f"profile “b” is the default_profile in {path}, line 4, which kps-tui does not edit · "
            "remove that line or change it, then try again"
        )
    assert profiles_file(path).read_text() == saved
    remove_profile(path, "a")
    set_default(path, "b")
    assert load(path).default_profile == "b"


def test_a_new_view_is_the_last_and_only_what_it_says_is_written(path: Path) -> None:
    save_view(path, SavedView("new one", facet="server"), replace=False)
    assert views_file(path).read_text() == f'{FIRST_LINE}\n{VIEWS}\n[views."new one"]\nfacet = "server"\n'
    assert [view.name for view in load(path).views] == ["binds", "old", "new one"]


@pytest.mark.parametrize("name", ["binds", "old"])
def test_a_view_is_not_replaced_unless_that_is_said(path: Path, name: str) -> None:
    with pytest.raises(ViewExists) as caught:
        save_view(path, SavedView(name, "op:reset"), replace=False)
    assert str(caught.value) == f"view “{name}” already exists · replace it, or choose another name"
    assert texts_of(path) == [USERS, PROFILES, VIEWS]


def test_a_replaced_view_keeps_its_place_and_what_a_newer_version_wrote(path: Path) -> None:
    save_view(path, SavedView("new"), replace=False)
    save_view(path, SavedView("old", "op:reset", "-time"), replace=True)
    save_view(path, SavedView("binds", "op:unbind"), replace=True)
    views = (SavedView("binds", "op:unbind"), SavedView("old", "op:reset", "-time"), SavedView("new"))
    assert load(path).views == views
    save_view(path, SavedView("old"), replace=True)
    assert load(path).views[1] == SavedView("old")
    assert tomllib.loads(views_file(path).read_text())["views"]["old"] == {"future": True}


def test_what_cannot_be_is_refused_and_nothing_is_written(path: Path) -> None:
    refused: list[Callable[[], None]] = [
        lambda: rename_profile(path, "x", "y"),
        lambda: rename_profile(path, "a", "b"),
        lambda: rename_profile(path, "a", "mine"),
        lambda: rename_profile(path, "a", "-"),
        lambda: remove_profile(path, "bb"),
        lambda: set_default(path, "x"),
        lambda: save_profile(path, Profile("a\nb")),
        lambda: save_profile(path, Profile("new", user="\udcff")),
        lambda: save_view(path, SavedView("a\nb"), replace=True),
        lambda: save_view(path, SavedView(""), replace=True),
    ]
    for change in refused:
        with pytest.raises(ConfigError) as caught:
            change()
        assert str(caught.value).isprintable()
    assert texts_of(path) == [USERS, PROFILES, VIEWS]


@pytest.mark.parametrize("broken", [lambda path: path, profiles_file, views_file], ids=["user", "profiles", "views"])
def test_a_broken_file_is_not_written_over(path: Path, broken: Callable[[Path], Path]) -> None:
    broken(path).write_text("theme = \n# precious")
    before = texts_of(path)
    changes: list[Callable[[], None]] = [
        lambda: save_profile(path, Profile("new")),
        lambda: save_view(path, SavedView("new"), replace=True),
    ]
    for change in changes:
        with pytest.raises(ConfigError) as caught:
            change()
        assert f"{broken(path)}, line 1" in str(caught.value)
    assert texts_of(path) == before


@pytest.mark.parametrize("file", [profiles_file, views_file])
def test_a_link_in_the_place_of_a_file_of_the_programs_own_is_refused(
    path: Path, tmp_path: Path, file: Callable[[Path], Path]
) -> None:
    file(path).rename(tmp_path / "elsewhere.toml")
    file(path).symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigError) as caught:
        save_profile(path, Profile("new"))
    assert str(caught.value).startswith(f"the configuration {file(path)} can't be read: it is a symbolic link · ")


def test_a_link_in_the_place_of_the_users_file_is_followed(path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "dotfile.toml")
    path.symlink_to(tmp_path / "dotfile.toml")
    save_profile(path, Profile("new"))
    assert path.is_symlink()
    assert list(load(path).profiles) == ["mine", "b", "a", "new"]


characters = st.characters(exclude_categories=("C", "Z"))
names = st.builds("{}{}".format, characters.filter(lambda first: first != "-"), st.text(characters, max_size=11))
texts = st.text(max_size=20)
profiles = st.builds(Profile, names, texts, texts, texts, texts, st.sampled_from(KINDS), texts, texts, texts, texts)


@given(profiles, names)
def test_any_profile_comes_back_as_it_was(profile: Profile, new_name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        save_profile(path, profile)
        set_default(path, profile.name)
        assert load(path).profiles == {profile.name: profile}
        if new_name != profile.name:
            rename_profile(path, profile.name, new_name)
        assert load(path).default_profile == new_name
        remove_profile(path, new_name)
        assert load(path).profiles == {}


@given(st.builds(SavedView, names, texts, texts, texts), st.builds(SavedView, names, texts))
def test_any_view_comes_back_as_it_was(view: SavedView, other: SavedView) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        save_view(path, view, replace=False)
        save_view(path, other, replace=True)
        assert load(path).views == ((view, other) if view.name != other.name else (other,))


def test_two_processes_at_once_lose_nothing(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from kps_tui.identity.edits import save_profile\n"
        "from kps_tui.identity.profiles import Profile\n"
        "for number in range(15): save_profile(Path(sys.argv[1]), Profile(f'{sys.argv[2]}-{number}', user='x'))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name], cwd=ROOT)
        for name in ("first", "second", "third")
    ]
    while any(process.poll() is None for process in running):
        assert {"a", "b", "mine"} <= load(path).profiles.keys(), "whole at every moment"
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(load(path).profiles) == 3 + 3 * 15


def test_a_lock_that_is_held_for_ever_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    with path.with_name(".profiles.toml.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConfigError) as caught:
            save_profile(path, Profile("new"))
    assert "another program holds its lock" in str(caught.value)
    assert texts_of(path) == [USERS, PROFILES, VIEWS]
    save_profile(path, Profile("new"))
    assert "new" in load(path).profiles


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_read_only_home_is_said_and_nothing_is_left(open_folder: Path) -> None:
    folder = open_folder / "config"
    folder.mkdir()
    (folder / "config.toml").write_text(USERS)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        for path in (folder / "config.toml", folder / "deeper" / "config.toml"):
            with pytest.raises(ConfigError) as caught:
                save_profile(path, Profile("new"))
            assert str(caught.value) == (
                f"can't write {profiles_file(path)}: Permission denied · "
                "nothing was changed; free some space or fix its permissions, or choose another file with --config"
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
    assert "can't write" in str(caught.value)


def test_a_full_disk_is_said_and_the_file_is_as_it_was(path: Path) -> None:
    """A file size limit simulates the full disk: the write fails in the middle."""
    own = profiles_file(path)
    own.write_text(f'{PROFILES}user = "{"x" * 8000}"\n')
    before = own.read_text()
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from kps_tui.identity.edits import save_profile\n"
        "from kps_tui.identity.profiles import Profile\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: save_profile(Path(sys.argv[1]), Profile('new'))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith(f"ConfigError can't write {own}: File too large · nothing was changed")
    assert own.read_text() == before
    assert {found.name for found in path.parent.iterdir()} == {
        "config.toml",
        "profiles.toml",
        "views.toml",
        ".profiles.toml.lock",
    }


def test_the_first_profile_of_all_becomes_the_default(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    save_profile(path, Profile("a"))
    save_profile(path, Profile("b"))
    assert load(path).default_profile == "a"
    save_profile(path, Profile("a", region="cn-north-4"))
    assert load(path).default_profile == "a"


def test_a_first_login_beside_a_profile_of_the_user_is_not_the_default(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[profiles.mine]\nregion = 'cn-north-4'\n")
    save_profile(path, Profile("a"))
    assert load(path).default_profile == ""
