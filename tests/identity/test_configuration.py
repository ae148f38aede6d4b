"""The configuration file: its values, and the positions of its mistakes."""

import os
import pwd
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kps_tui.files import LARGEST
from kps_tui.identity.config_reader import MOST_UNKNOWN
from kps_tui.identity.configuration import load
from kps_tui.identity.profiles import (
    PROFILE_VARIABLE,
    Configuration,
    Profile,
    SavedView,
    check_name,
    check_view_name,
    choose,
    profiles_file,
    views_file,
)
from kps_tui.identity.toml_text import LineIndex
from kps_tui.problems import ConfigError
from tests.identity.config_texts import configuration_in

PATH = Path("/home/ops/.config/kps-tui/config.toml")
WHOLE = """\
default_profile = "prod"
theme = "dark"
zone = "UTC"

[keys]
data.refresh = "F5, ctrl+r"
"app.quit" = ["x", ","]
table.page-down = []
plain = ""

[views.binds]
where = "op:bind"

[profiles.prod]
region = "cn-north-4"
project_id = "0a1b"
endpoint = "https://kms.example.org"
iam_endpoint = "https://iam.example.org"
kind = "password"
user = "ops"
user_id = "u1"
account = "example"

[profiles."Prüfung 2"]
kind = "access-key"
access_key = "AK"
"""


def test_a_whole_configuration() -> None:
    found = configuration_in(WHOLE, PATH)
    prod = Profile(
        "prod",
        "cn-north-4",
        "0a1b",
        "https://kms.example.org",
        "https://iam.example.org",
        "password",
        "ops",
        "u1",
        "example",
    )
    test = Profile("Prüfung 2", kind="access-key", access_key="AK")
    keys = {"data.refresh": "F5, ctrl+r", "app.quit": "x,comma", "table.page-down": "", "plain": ""}
    views = (SavedView("binds", "op:bind"),)
    assert found == Configuration(PATH, {"prod": prod, "Prüfung 2": test}, "prod", "dark", views, keys, (), zone="UTC")
    assert prod.place(PATH)["region"] == ("cn-north-4", f"profiles.prod.region in {PATH}")
    assert test.place() == {}


@pytest.mark.parametrize(("text", "keeps"), [("", True), ("snapshot = true", True), ("snapshot = false", False)])
def test_lists_are_kept_unless_the_configuration_says_no(text: str, keeps: bool) -> None:
    assert configuration_in(text, PATH).snapshot is keeps


@pytest.mark.parametrize(("text", "rings"), [("", False), ("bell = true", True), ("bell = false", False)])
def test_the_bell_rings_only_if_the_configuration_says_so(text: str, rings: bool) -> None:
    assert configuration_in(text, PATH).bell is rings


def test_what_is_not_there_is_empty_unless_it_was_named(tmp_path: Path) -> None:
    missing = tmp_path / "no" / "config.toml"
    assert load(missing) == Configuration(missing)
    with pytest.raises(ConfigError) as caught:
        load(missing, must_exist=True)
    assert "there is no such file" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("thme = 'dark'", "line 1: thme: unknown key; did you mean “theme”?"),
        ("\n[profiles.a]\n# x\nregoin = 'x'", "line 4: profiles.a.regoin: unknown key; did you mean “region”?"),
        ("[profiles.a]\n[profiles.a.deep]\nx = 1", "line 2: profiles.a.deep: unknown key"),
        ("profiles.a.deep.er = 1", "line 1: profiles.a.deep: unknown key"),
        ("profiles = {a = {deep = 1}}", "line 1: profiles.a.deep: unknown key"),
        ("[views.a]\nwehre = 'x'", "line 2: views.a.wehre: unknown key; did you mean “where”?"),
        ("[[extra]]\nx = 1\n", "line 1: extra: unknown key"),
        ("'\\u001b[31m' = 1", "line 1: \\u001b[31m: unknown key"),
        ('"\\u001b[31m" = 1', "line 1: ␛[31m: unknown key"),
    ],
)
def test_an_unknown_key_is_a_warning_with_its_line_and_the_nearest_name(text: str, warning: str) -> None:
    assert configuration_in(text, PATH).warnings == (f"{PATH}, {warning}",)


@pytest.mark.parametrize("key", ["password", "token", "secret_key", "SK"])
def test_a_secret_in_the_file_is_named_but_not_shown(key: str) -> None:
    found = configuration_in(f"[profiles.a]\n{key} = 'canary-1'", PATH)
    (warning,) = found.warnings
    assert warning.startswith(f"{PATH}, line 2: profiles.a.{key}: unknown key; remove it: ")
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=", "line 1: not valid TOML: Invalid statement"),
        ("a = 1\na = 2\n", "line 2: not valid TOML: Cannot overwrite a value"),
        ("a = 1\nb = [\n", "line 2: not valid TOML: Invalid value"),
        ("\n\nx = " + "[" * 100_000, "line 1: not valid TOML: RecursionError"),
        ("x = " + "9" * 5000, "line 1: not valid TOML: ValueError"),
        ("profiles = 3", "line 1: profiles: it is not a table · use [profiles]"),
        ("[[profiles]]", "line 1: profiles: it is not a table"),
        ("[profiles]\nprod = 3", "line 2: profiles.prod: it is not a table · use [profiles.prod]"),
        ("default_profile = 3", 'line 1: default_profile: it is not a string · use default_profile = "…"'),
        ("[profiles.a]\n\nregion = 3", 'line 3: profiles.a.region: it is not a string · use region = "…"'),
        ("[profiles.a]\nkind = 'pasword'", "“pasword” is not allowed · did you mean “password”?"),
        ("[profiles.a]\nkind = 'x'", "· use token, password, access-key, agency, environment"),
        ("\nsnapshot = 'no'", "line 2: snapshot: it is neither true nor false · use snapshot = true"),
        ("snapshot = 0", "line 1: snapshot: it is neither true nor false"),
        ("theme = 'drak'", "line 1: theme: “drak” is not allowed · did you mean “dark”?"),
        ("[views]\na = 'op:bind'", "line 2: views.a: it is not a table · use [views.a]"),
        ("[views.a]\nsort = ['time']", 'line 2: views.a.sort: it is not a string · use sort = "…"'),
        ("[views.a]\n[views.'-x']", "line 2: views.-x: not a valid view name · use use up to 64"),
        ("keys = 'x'", "line 1: keys: it is not a table · use [keys]"),
        ("[keys]\n\napp.quit = 3", 'line 3: keys.app.quit: it is not a key or a list of keys · use quit = "F5"'),
        ("[keys]\n'app.quit' = ['x', 3]", "line 2: keys.app.quit: it is not a key or a list of keys"),
        ("[keys.app]\nquit.x = 'q'", "line 2: keys.app.quit: it is not a key or a list of keys"),
        ("[keys]\n'a\\u001b' = 3", "keys.a\\u001b: it is not a key"),
        ('[keys]\n"a\\u001b" = 3', "keys.a␛: it is not a key or a list of keys · use a␛ = "),
        ("[profiles.'-x']", "line 1: profiles.-x: not a valid profile name"),
        ("[profiles.' x']", "line 1: profiles. x: not a valid profile name"),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_mistake_is_said_with_file_line_and_key(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configuration_in(text, PATH)
    assert str(caught.value).startswith(f"{PATH}, line ")
    assert said in str(caught.value)
    assert caught.value.exit_code == 2
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"a = 1\n\xff", "line 2 is not UTF-8"), (b"#" * (LARGEST + 1), "it is larger than 1 MiB")],
)
def test_a_file_that_is_no_text_is_said(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.why == why
    assert str(path) in caught.value.what


def test_what_is_no_file_is_said_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo", Path("/dev/zero")):
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert caught.value.why == "it is not a regular file"
    for path in (Path("a\0b"), tmp_path / ("x" * 300)):
        with pytest.raises(ConfigError):
            load(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbftheme = 'dark'\r\n")
    path.chmod(0o600)
    assert load(path) == Configuration(path, theme="dark")


@pytest.mark.parametrize("name", ["config.toml", "profiles.toml", "views.toml", "."])
def test_a_file_or_folder_that_others_may_change_is_refused(tmp_path: Path, name: str) -> None:
    path, changeable = tmp_path / "config.toml", tmp_path / name
    for file in (path, profiles_file(path), views_file(path)):
        file.write_text("")
    before = changeable.stat().st_mode & 0o777
    for mode in (0o666, 0o777, 0o602):
        # A folder must still be one that its owner may enter.
        changeable.chmod(mode | before & 0o100)
        with pytest.raises(ConfigError, match="could have been changed by another user") as caught:
            load(path)
        assert caught.value.exit_code == 2
        assert caught.value.why == "every user may write to it"
        assert str(caught.value.next_step) == f"run: chmod go-w {changeable}"
    changeable.chmod(before & ~0o022)
    assert load(path).warnings == ()


def test_a_sticky_folder_and_a_file_that_others_may_read_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme = 'dark'")
    path.chmod(0o644)
    tmp_path.chmod(0o1777)
    assert load(path).theme == "dark"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", ["config.toml", "profiles.toml", "."])
def test_a_file_or_folder_of_another_user_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "config.toml"
    for file in (path, profiles_file(path)):
        file.write_text("")
    os.chown(tmp_path / name, 65534, 65534)
    with pytest.raises(ConfigError, match="could have been changed by another user") as caught:
        load(path)
    assert caught.value.why == "it belongs to another user"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another group")
def test_a_group_counts_if_it_has_another_member(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(0o660)
    own, others = os.getgid(), pwd.getpwnam("nobody").pw_gid
    os.chown(path, -1, own)
    load(path)
    os.chown(path, -1, others)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.why == "its group, which has other members, may write to it"


PROFILES, VIEWS = profiles_file(PATH), views_file(PATH)
BOTH = """\
theme = "dark"
[profiles.a]
region = "cn-north-1"
[profiles.b]
[views.x]
where = "op:bind"
[views.y]
"""


def test_the_three_files_say_one_thing_together() -> None:
    found = configuration_in(
        BOTH,
        PATH,
        profiles="default_profile = 'c'\n[profiles.c]\n[profiles.a]\nregion = 'cn-north-4'",
        views="[views.z]\n[views.x]\nsort = 'time'",
    )
    assert found.profiles == {"a": Profile("a", region="cn-north-4"), "b": Profile("b"), "c": Profile("c")}
    assert found.views == (SavedView("x", sort="time"), SavedView("y"), SavedView("z"))
    assert (found.default_profile, found.is_default_saved, sorted(found.saved)) == ("c", True, ["a", "c"])
    assert [found.file_of(name) for name in found.profiles] == [PROFILES, PATH, PROFILES]
    assert found.warnings == (
        f"{PATH}, line 2: profiles.a: ignored, because profiles.toml has one of that name; remove this one",
        f"{PATH}, line 5: views.x: ignored, because views.toml has one of that name; remove this one",
    )


def test_the_default_profile_of_the_user_counts_before_the_one_that_was_written() -> None:
    found = configuration_in("default_profile = 'a'", PATH, profiles="default_profile = 'b'\n[profiles.b]")
    assert (found.default_profile, found.is_default_saved, found.warnings) == ("a", False, ())


def test_a_written_default_that_is_gone_is_none_and_warned_of() -> None:
    found = configuration_in("[profiles.a]", PATH, profiles="default_profile = 'gone\u202e'")
    assert (found.default_profile, found.is_default_saved) == ("", False)
    assert choose(found, None, {}) == (found.profiles["a"], "the only profile")
    (warning,) = found.warnings
    assert warning.startswith(f"{PROFILES}, line 1: default_profile: no profile “gone")
    assert warning.endswith(", so there is no default")
    assert warning.isprintable()


@pytest.mark.parametrize(
    ("profiles", "views", "said"),
    [
        ("=", "", f"{PROFILES}, line 1: not valid TOML"),
        ("\ndefault_profile = 3", "", f"{PROFILES}, line 2: default_profile: it is not a string"),
        ("[profiles.a]\nkind = 'x'", "", f"{PROFILES}, line 2: profiles.a.kind: “x” is not allowed"),
        ("", "views = 3", f"{VIEWS}, line 1: views: it is not a table"),
    ],
)
def test_a_mistake_in_a_file_of_the_programs_own_is_said_with_its_name(profiles: str, views: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configuration_in("", PATH, profiles=profiles, views=views)
    assert str(caught.value).startswith(said)


def test_what_belongs_into_another_file_is_an_unknown_key() -> None:
    found = configuration_in("", PATH, profiles="theme = 'dark'\n[views.a]", views="\n[profiles.a]")
    assert [warning.partition(": unknown key")[0] for warning in found.warnings] == [
        f"{PROFILES}, line 1: theme",
        f"{PROFILES}, line 2: views",
        f"{VIEWS}, line 2: profiles",
    ]
    assert (found.theme, found.views, found.profiles) == ("", (), {})


def test_the_programs_own_files_are_read_beside_the_users(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for file, text in ((profiles_file(path), "[profiles.a]"), (views_file(path), "[views.x]")):
        file.write_text(text)
        file.chmod(0o644)
    found = load(path)
    assert ([*found.profiles], found.views) == (["a"], (SavedView("x"),))
    assert found.warnings == ()


@pytest.mark.parametrize("name", ["profiles.toml", "views.toml"])
def test_a_file_that_the_program_writes_can_not_be_the_users(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / name, must_exist=True)
    assert "kps-tui writes a file of that name itself · choose another with --config" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[views.z]\nwhere = 'op:bind'\n[profiles.p]\n[views.a]\nsort = '-time'\nfacet = 'server'\n[views.'m n']\n",
        "views.z.where = 'op:bind'\nviews.a.facet = 'server'\nviews.a.sort = '-time'\nviews.'m n' = {}\n",
        "[views]\nz = {where = 'op:bind'}\na = {sort = '-time', facet = 'server'}\n'm n' = {}",
    ],
)
def test_views_are_read_in_the_order_of_the_file_however_they_are_written(text: str) -> None:
    found = configuration_in(text, PATH)
    assert found.views == (SavedView("z", "op:bind"), SavedView("a", sort="-time", facet="server"), SavedView("m n"))
    assert found.warnings == ()


def test_what_a_view_says_is_kept_as_it_was_written() -> None:
    (view,) = configuration_in("[views.a]\nwhere = ' err:/(/  or '", PATH).views
    assert view.where == " err:/(/  or "


@pytest.mark.parametrize("name", ["", "-x", " x", "x ", "a\nb", "a\x1b", "x" * 65, "\u202e"])
def test_a_name_that_no_view_may_have(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_view_name(name)
    assert "is not a valid view name · use up to 64 characters" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_name_that_a_view_may_have() -> None:
    for name in ("a", "Über Nacht", "a.b", '"', "x" * 64):
        check_view_name(name)


TWO = Configuration(PATH, {"prod": Profile("prod"), "test": Profile("test")})
ONE = Configuration(PATH, {"prod": Profile("prod")})
DEFAULT = Configuration(PATH, TWO.profiles, "test")


@pytest.mark.parametrize(
    ("configuration", "flag", "variable", "name", "source"),
    [
        (DEFAULT, "prod", "test", "prod", "--profile"),
        (DEFAULT, None, "prod", "prod", "KPS_TUI_PROFILE"),
        (DEFAULT, None, "", "test", "default_profile"),
        (ONE, None, None, "prod", "the only profile"),
    ],
)
def test_which_profile(
    configuration: Configuration, flag: str | None, variable: str | None, name: str, source: str
) -> None:
    environ = {} if variable is None else {PROFILE_VARIABLE: variable}
    chosen = choose(configuration, flag, environ)
    assert chosen is not None
    assert (chosen.profile.name, chosen.source) == (name, source)


def test_nothing_chooses_one_of_several_or_of_none() -> None:
    assert choose(TWO, None, {}) is None
    assert choose(Configuration(PATH), None, {}) is None


@pytest.mark.parametrize(
    ("configuration", "flag", "environ", "said"),
    [
        (
            TWO,
            "prdo",
            {},
            "--profile names profile “prdo”: it exists neither in {path} nor in profiles.toml · did you mean “prod”?",
        ),
        (TWO, "x", {}, "existing profiles: prod, test"),
        (TWO, "", {}, "--profile names profile “”"),
        (TWO, None, {PROFILE_VARIABLE: "tes"}, "KPS_TUI_PROFILE names profile “tes”"),
        (Configuration(PATH, TWO.profiles, "gone"), None, {}, "default_profile names profile “gone”"),
        (Configuration(PATH), "x\x1b", {}, "create it with: kps-tui login --profile x␛"),
    ],
)
def test_a_chosen_profile_that_does_not_exist_is_said(
    configuration: Configuration, flag: str | None, environ: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        choose(configuration, flag, environ)
    assert said.format(path=PATH) in str(caught.value)


@pytest.mark.parametrize("name", ["", "-x", " x", "x ", "a\nb", "a\x1b", "x" * 65, "\u202e"])
def test_a_name_that_no_profile_may_have(name: str) -> None:
    with pytest.raises(ConfigError):
        check_name(name)


@given(st.text(alphabet=st.sampled_from("abp[].\"=\n\\#'{} 1,profilesvwky"), max_size=60) | st.text(max_size=60))
def test_any_text_is_read_or_said(text: str) -> None:
    LineIndex(text).line_of(("profiles", "a", "b"))
    try:
        found = configuration_in(text, PATH)
    except ConfigError as error:
        said = str(error)
    else:
        said = "".join(found.warnings)
    assert said.isprintable()


def calls(text: str) -> int:
    """Count the calls that reading `text` makes: what it costs, the same on every machine."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        configuration_in(text, PATH)
    finally:
        sys.setprofile(None)
    return count


LONG = {
    "unknown keys": lambda lines: "".join(f"key{number} = 1\n" for number in range(lines)),
    "unknown keys of one profile": lambda lines: (
        "[profiles.a]\n" + "".join(f"key{number} = 1\n" for number in range(lines))
    ),
    "profiles with an unknown key": lambda lines: "".join(
        f"[profiles.p{number}]\nregoin = 'x'\n" for number in range(lines // 2)
    ),
    "keys": lambda lines: "[keys]\n" + "".join(f"a{number} = 'F5'\n" for number in range(lines)),
    "dotted keys": lambda lines: "".join(f"a.b{number}.c = 1\n" for number in range(lines)),
    "deep keys": lambda lines: "".join(f"{'a.' * 200}b{number} = 1\n" for number in range(lines // 20)),
}


@pytest.mark.parametrize("kind", LONG)
def test_the_cost_of_reading_grows_no_faster_than_the_file(kind: str) -> None:
    short, long = calls(LONG[kind](1000)), calls(LONG[kind](4000))
    assert long < 5 * short


def test_of_many_unknown_keys_the_first_are_named_and_every_secret() -> None:
    text = LONG["unknown keys"](3000) + "token = 'x'\n"
    found = configuration_in(text, PATH).warnings
    assert len(found) == MOST_UNKNOWN + 2
    assert "line 1: key0" in found[0]
    assert "line 3001: token: unknown key; remove it" in found[-2]
    assert found[-1] == f"{PATH}: 2,980 more unknown keys"
