"""`login`, `logout` and `profiles` as processes, with a real Secret Service and the demo server."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.identity.secret_service import Home, needs_secret_service
from tests.loopback import Loopback, Request, listing, row, serving_in_a_thread
from tests.loopback import http as answer
from tests.program import Ended
from tests.session.desktop import Desktop, Watched, demo_server, desktop

KEYRING_SECONDS = 3
PATIENCE = 3
"""A deadline that the product promises is asserted at three times the promise."""
NO_ROOM = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
from kps_tui.cli import main
main()
"""
"""Runs the program with a file size limit of 0."""


@pytest.fixture
def user(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with demo_server(tmp_path_factory.mktemp("demo")) as said:
        yield said


@contextmanager
def in_front_of(endpoint: str) -> Iterator[Loopback]:
    """Yield a proxy server that records each request and forwards it."""
    behind = urlsplit(endpoint).netloc

    def passed_on(request: Request) -> bytes:
        connection = http.client.HTTPConnection(behind, timeout=30)
        headers = dict(request.headers) | {"connection": "close", "accept-encoding": "identity"}
        connection.request(request.method, request.target, request.body or None, headers)
        got = connection.getresponse()
        body = got.read()
        connection.close()
        kept = {name: value for name, value in got.getheaders() if name.lower() in ("x-subject-token", "date")}
        return answer(body, f"{got.status} X", kept)

    with serving_in_a_thread(passed_on) as server:
        yield server


def one_line(ended: Ended | Watched, code: int, *said: str) -> None:
    """Check that a run ended with `code`, an empty stdout, and one sentence as its last line."""
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert all(text in ended.err for text in said), ended.err
    assert "Traceback" not in ended.err
    assert "bug in" not in ended.err


def with_token(user: Desktop, demo: dict[str, str], *more: str, secret: str = "") -> Ended:
    stdin = f"{secret or demo['token']}\n".encode()
    return user.kps("login", "--token-stdin", "--endpoint", demo["endpoint"], *more, stdin=stdin)


def with_password(user: Desktop, demo: dict[str, str], *more: str, secret: str = "", endpoint: str = "") -> Ended:
    return user.kps(
        *("login", "--password-stdin", "--endpoint", endpoint or demo["endpoint"], "--region", "cn-north-4"),
        *("--user", demo["user"], "--account", demo["account"], *more),
        stdin=(secret or demo["password"]).encode(),
    )


def with_key(user: Desktop, demo: dict[str, str], *more: str, secret: str = "") -> Ended:
    return user.kps(
        *("login", "--secret-key-stdin", "--endpoint", demo["endpoint"], "--region", "cn-north-4"),
        *("--access-key", demo["access key"], *more),
        stdin=(secret or demo["secret key"]).encode(),
    )


LOGINS: dict[str, Callable[..., Ended]] = {"token": with_token, "password": with_password, "secret key": with_key}


@needs_secret_service
@pytest.mark.parametrize("secret", LOGINS)
def test_a_login_is_used_by_a_new_process_and_lies_in_no_file(secret: str, user: Desktop, demo: dict[str, str]) -> None:
    said = LOGINS[secret](user, demo)
    assert (said.code, said.out) == (0, ""), said.err
    assert "kept in the keyring" in said.err.splitlines()[0]
    assert demo["project id"] in said.err, "it was not named: the login told it"
    listed = user.kps("list", "--format", "json", "--no-input")
    assert (listed.code, listed.json["total"], listed.json["project_id"]) == (0, 12, demo["project id"])
    assert list(user.home.path.rglob("*.keyring")), "there is a keyring file, so the search has something to look at"
    assert user.files_with(demo[secret]) == []
    text = user.profiles.read_text()
    assert demo["project id"] in text
    assert user.profiles.stat().st_mode & 0o777 == 0o600
    out = user.kps("logout")
    one_line(out, 0, "removed the login of profile “default”")
    one_line(user.kps("list", "--no-input"), 4, "no login saved for profile “default”", "kps-tui login")
    assert user.profiles.read_text() == text
    one_line(user.kps("logout"), 0, "had no login")


@needs_secret_service
@pytest.mark.parametrize("secret", LOGINS)
def test_a_refused_login_leaves_what_was_stored(secret: str, user: Desktop, demo: dict[str, str]) -> None:
    assert LOGINS[secret](user, demo).code == 0
    before = user.profiles.read_bytes()
    wrong = "Wrong-secret-51c7"
    refused = LOGINS[secret](user, demo, secret=wrong)
    one_line(refused, 4)
    assert wrong not in refused.err
    assert len(refused.err.splitlines()) == 2
    assert user.profiles.read_bytes() == before
    assert user.kps("count").out == "12\n"
    elsewhere = LOGINS[secret](user, demo, "--project-id", "f" * 32)
    one_line(elsewhere, 4 if secret == "password" else 5, "project")
    assert user.profiles.read_bytes() == before
    assert user.kps("count").out == "12\n"


@needs_secret_service
def test_the_variable_names_the_profile_like_the_option(user: Desktop, demo: dict[str, str]) -> None:
    command = ("login", "--token-stdin", "--endpoint", demo["endpoint"])
    for name in ("prod", "default"):
        assert user.kps(*command, stdin=demo["token"], KPS_TUI_PROFILE=name).code == 0
    assert with_token(user, demo, "--profile", "other").code == 0
    found = user.kps("profiles", "--format", "json").json
    assert [each["name"] for each in found if each["default"]] == ["prod"], "it was the first"
    assert {each["name"] for each in found} == {"prod", "default", "other"}


@needs_secret_service
def test_a_refused_first_login_leaves_nothing(user: Desktop, demo: dict[str, str]) -> None:
    one_line(with_token(user, demo, secret="nope"), 4)
    assert not user.profiles.exists()
    assert user.kps("profiles", "--format", "json").json == []


@needs_secret_service
def test_an_unreachable_service_is_no_refusal_and_nothing_is_kept(user: Desktop) -> None:
    ended = user.kps("login", "--token-stdin", "--endpoint", "http://127.0.0.1:9", stdin=b"some-token")
    one_line(ended, 3)
    assert not user.profiles.exists()


def test_without_a_keyring_nothing_is_read_sent_or_written(tmp_path: Path) -> None:
    user = Desktop(Home(tmp_path))
    with serving_in_a_thread(listing([row(0)])) as server:
        ended = user.kps(
            *("login", "--token-stdin", "--endpoint", server.endpoint, "--project-id", "p"),
            stdin=b"canary-token",
            PYTHON_KEYRING_BACKEND="keyring.backends.SecretService.Keyring",
        )
        one_line(ended, 2, "no keyring here", "KPS_TUI_TOKEN")
        assert len(ended.err.splitlines()) == 1
        assert server.requests == []
    assert not user.profiles.exists()
    assert user.files_with("canary-token") == []


@needs_secret_service
def test_a_stopped_keyring_ends_in_time(user: Desktop, demo: dict[str, str]) -> None:
    assert with_token(user, demo).code == 0
    with user.keyring_stopped():
        for command in (["list", "--no-input"], ["count"]):
            ended = user.kps(*command)
            one_line(ended, 4, "keyring")
            assert len(ended.err.splitlines()) == 1
            assert ended.seconds < PATIENCE * KEYRING_SECONDS
        again = with_token(user, demo)
        one_line(again, 4, "keyring")
    assert user.kps("count").out == "12\n"


@needs_secret_service
def test_a_new_process_uses_the_token_of_a_password_and_a_refused_password_is_sent_once(
    user: Desktop, demo: dict[str, str]
) -> None:
    with in_front_of(demo["endpoint"]) as front:
        assert with_password(user, demo, endpoint=front.endpoint).code == 0
        assert [request.method for request in front.requests].count("POST") == 1
        front.requests.clear()
        assert user.kps("count").out == "12\n"
        assert {request.method for request in front.requests} == {"GET"}
        assert all("failed-tasks" in request.target for request in front.requests)
        front.requests.clear()
        one_line(with_password(user, demo, endpoint=front.endpoint, secret="wrong"), 4)
        assert [request.method for request in front.requests] == ["POST"]


BAD = {
    "spaces": b"can ary-3b7f",
    "two lines": b"canary-3b7f\nmore",
    "two line ends": b"canary-3b7f\n\n",
    "a line end before": b"\ncanary-3b7f",
    "non-ASCII": "canary-3b7f-密".encode(),
    "byte order mark": b"\xef\xbb\xbfcanary-3b7f",
    "nothing": b"",
    "a line end alone": b"\n",
    "not UTF-8": b"canary-3b7f\xff\xfe",
    "NUL": b"canary-3b7f\0",
    "too long": b"canary-3b7f" * 10_000,
}


@needs_secret_service
@pytest.mark.parametrize("option", ["--token-stdin", "--secret-key-stdin", "--password-stdin"])
def test_bad_stdin_is_one_sentence_before_any_request(option: str, user: Desktop) -> None:
    def nothing(request: Request) -> bytes:
        return answer({}, "500 X")

    fine_in_a_password = ("spaces", "non-ASCII", "byte order mark")
    with serving_in_a_thread(nothing) as server:
        for name, stdin in BAD.items():
            if option == "--password-stdin" and name in fine_in_a_password:
                continue
            ended = user.kps(
                *("login", option, "--endpoint", server.endpoint, "--region", "cn-north-4", "--project-id", "p"),
                *("--user", "u", "--account", "a", "--access-key", "AK"),
                stdin=stdin,
            )
            one_line(ended, 4)
            assert len(ended.err.splitlines()) == 2, (name, ended.err)
            assert "3b7f" not in ended.err, name
            assert "密" not in ended.err
            assert server.requests == [], name
    assert not user.profiles.exists()


@needs_secret_service
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--token-stdin", "--password-stdin"], "stdin holds one secret"),
        (["--token-stdin", "--kind", "password"], "--kind password can't be combined with --token-stdin"),
        (["--token-stdin", "--profile", "-x"], "is not a valid profile name"),
        (["--token-stdin"], "no region is set · name one with --region"),
        (["--token-stdin", "--endpoint", "http://kms.example.com"], "is not encrypted"),
        (["--token-stdin", "--endpoint", "https://me:pw@kms.example.com"], "holds a user name or a password"),
        (["--password-stdin", "--region", "cn-north-4"], "needs --user and --account"),
        (
            ["--kind", "password", "--user", "u", "--account", "a", "--endpoint", "https://kms.example.com"],
            "no project",
        ),
        (["--secret-key-stdin", "--region", "cn-north-4"], "needs --access-key"),
        (["--region", "cn-north-4"], "no terminal here to ask for the secret"),
        (["--token", "canary"], "--token"),
        (["--password", "canary"], "--password"),
    ],
)
def test_a_login_that_can_not_be_meant_is_said(arguments: list[str], said: str, user: Desktop) -> None:
    ended = user.kps("login", *arguments, stdin=b"a-canary")
    one_line(ended, 2, said)
    assert "canary" not in ended.err
    assert "pw@" not in ended.err
    assert not user.profiles.exists()


@needs_secret_service
def test_profiles_are_listed_renamed_chosen_and_removed(user: Desktop, demo: dict[str, str]) -> None:
    none = user.kps("profiles")
    assert (none.out, none.err) == ("", "kps-tui: there is no profile yet · create one with kps-tui login\n")
    one_line(user.kps("profiles", "rename", "a", "b"), 2, "profile “a”")
    assert with_token(user, demo, "--profile", "first").code == 0
    assert with_key(user, demo, "--profile", "订单").code == 0
    listed = user.kps("profiles", "--format", "json").json
    assert [(each["name"], each["kind"]) for each in listed] == [("first", "token"), ("订单", "access-key")]
    assert [each["default"] for each in listed] in ([True, False], [False, False])
    assert user.kps("profiles", "default", "订单").code == 0
    assert [each["default"] for each in user.kps("profiles", "--format", "json").json] == [False, True]
    assert "* 订单" in " ".join(user.kps("profiles").out.split())
    assert user.kps("profiles", "rename", "订单", "signer").code == 0
    assert user.kps("count").out == "12\n", "the login, and being the default, went with the name"
    taken = user.kps("profiles", "rename", "signer", "first")
    one_line(taken, 2, "profile “first” already exists")
    assert user.kps("count", "--profile", "first").out == "12\n"
    assert user.kps("count", "--profile", "signer").out == "12\n"
    one_line(user.kps("profiles", "rename", "signer", " "), 2, "is not a valid profile name")
    assert user.kps("profiles", "remove", "signer").code == 0
    one_line(user.kps("profiles", "remove", "signer"), 2, "signer")
    one_line(user.kps("count", "--profile", "signer"), 2, "signer")
    left = user.kps("profiles", "--format", "json").json
    assert [(each["name"], each["default"]) for each in left] == [("first", True)]
    assert user.kps("count").out == "12\n"


@needs_secret_service
def test_a_renamed_login_is_not_left_behind(user: Desktop, demo: dict[str, str]) -> None:
    assert with_token(user, demo, "--profile", "old").code == 0
    assert user.kps("profiles", "rename", "old", "new").code == 0
    text = user.profiles.read_text()
    user.profiles.write_text(text.replace("new", "old"))
    one_line(user.kps("count", "--profile", "old"), 4, "no login saved for profile “old”")


@needs_secret_service
def test_what_a_failed_rename_leaves_is_as_it_was(user: Desktop, demo: dict[str, str]) -> None:
    assert with_token(user, demo, "--profile", "old").code == 0
    text = user.profiles.read_text()
    failed = user.new_python("profiles", "rename", "old", "new", program=NO_ROOM)
    one_line(failed, 2, f"can't write {user.profiles}: File too large")
    assert user.profiles.read_text() == text
    assert user.kps("count", "--profile", "old").out == "12\n"
    user.profiles.write_text(text.replace("old", "new"))
    one_line(user.kps("count", "--profile", "new"), 4, "no login saved for profile “new”")
    user.profiles.write_text(text)
    failed = user.new_python("profiles", "remove", "old", program=NO_ROOM)
    one_line(failed, 2, "removed the login of profile “old”, the profile stays\n", "File too large")
    one_line(user.kps("count", "--profile", "old"), 4, "no login saved for profile “old”")


OLD_IS_NOT_FORGOTTEN = """
from keyring.backends.SecretService import Keyring
from keyring.errors import PasswordDeleteError
def refused(backend, service, user):
    raise PasswordDeleteError("not now")
Keyring.delete_password = refused
from kps_tui.cli import main
main()
"""
"""Runs the program with a keyring that does not delete items."""


@needs_secret_service
def test_a_rename_says_that_the_old_login_could_not_be_forgotten(user: Desktop, demo: dict[str, str]) -> None:
    assert with_token(user, demo, "--profile", "old").code == 0
    ended = user.new_python("profiles", "rename", "old", "new", program=OLD_IS_NOT_FORGOTTEN)
    one_line(ended, 4, "renamed profile “old” to “new”\n", "a copy of the login is still in the keyring under “old”: ")
    assert user.kps("count", "--profile", "new").out == "12\n"


@needs_secret_service
def test_profiles_of_the_users_own_file_count_and_are_not_written(user: Desktop, demo: dict[str, str]) -> None:
    text = f"theme = 'dark'\n[profiles.mine]\nendpoint = '{demo['endpoint']}'\n"
    user.configuration.parent.mkdir(parents=True)
    user.configuration.write_text(text)
    user.configuration.chmod(0o400)
    stands = f"profile “mine” is defined in {user.configuration}, line 2, which kps-tui does not edit"
    one_line(user.kps("profiles", "rename", "mine", "x"), 2, stands)
    one_line(user.kps("profiles", "remove", "mine"), 2, stands)
    chosen = user.kps("profiles", "default", "mine")
    one_line(chosen, 0, f"“mine” is the default; it is set in {user.configuration}, line 2, which kps-tui does not")
    assert with_token(user, demo, "--profile", "mine").code == 0
    warning = f"{user.configuration}, line 2: profiles.mine: ignored, because profiles.toml has one of that name"
    counted = user.kps("count")
    assert (counted.code, counted.out) == (0, "12\n")
    assert warning in counted.err
    removed = user.kps("profiles", "remove", "mine")
    one_line(removed, 0, f"the profile “mine” in {user.configuration}, line 2 is used again")
    one_line(user.kps("count"), 4, "no login saved for profile “mine”")
    assert user.configuration.read_text() == text
    assert user.kps("profiles", "default", "mine").code == 0
    user.configuration.unlink()
    one_line(user.kps("profiles", "default", "mine"), 2, "profile “mine”: it exists neither")
    assert with_token(user, demo, "--profile", "other").code == 0, "a default that is gone stands in no way"
    assert user.kps("count").out == "12\n"


@needs_secret_service
def test_the_users_own_default_profile_counts_before_the_one_that_is_written(
    user: Desktop, demo: dict[str, str]
) -> None:
    for name in ("a", "b"):
        assert with_token(user, demo, "--profile", name).code == 0
    user.configuration.write_text("default_profile = 'a'\n")
    said = f"{user.configuration}, line 1: default_profile = “a” takes precedence over this command"
    one_line(user.kps("profiles", "default", "b"), 2, said)
    one_line(user.kps("profiles", "remove", "a"), 2, f"“a” is the default_profile in {user.configuration}, line 1")
    assert user.kps("count", "--profile", "a").out == "12\n", "its login is not forgotten"
    assert user.kps("profiles", "default", "a").code == 0
    user.configuration.write_text("")
    assert [each["default"] for each in user.kps("profiles", "--format", "json").json] == [True, False]


@needs_secret_service
def test_which_login_is_used(user: Desktop, demo: dict[str, str]) -> None:
    assert with_token(user, demo).code == 0
    with in_front_of(demo["endpoint"]) as front:

        def token_of(*arguments: str, **variables: str) -> str:
            front.requests.clear()
            user.kps("count", *arguments, **variables)
            return front.requests[-1].headers["x-auth-token"]

        assert with_token(user, demo | {"endpoint": front.endpoint}).code == 0
        assert token_of() == demo["token"]
        assert token_of(KPS_TUI_TOKEN="other-login") == "other-login"
        assert token_of("--profile", "default", KPS_TUI_TOKEN="other-login") == demo["token"]
        assert token_of(KPS_TUI_PROFILE="default", KPS_TUI_TOKEN="other-login") == "other-login"


@pytest.mark.parametrize("auth_url", ["https://keystone.other.example:5000/v3", None, "same"])
def test_a_password_of_another_cloud_goes_nowhere(auth_url: str | None, tmp_path: Path) -> None:
    user = Desktop(Home(tmp_path))
    with serving_in_a_thread(lambda request: answer({}, "401 X")) as sink:
        variables = {"OS_USERNAME": "u", "OS_USER_DOMAIN_NAME": "d", "OS_PASSWORD": "canary-os-password"}
        if auth_url:
            variables["OS_AUTH_URL"] = sink.endpoint if auth_url == "same" else auth_url
        ended = user.kps("list", "--endpoint", sink.endpoint, "--project-id", "p", **variables)
        one_line(ended, 4)
        sent = any(b"canary-os-password" in request.body for request in sink.requests)
        assert sent == (auth_url == "same"), "the sink does see a password that belongs to it"
        assert len(sink.requests) == sent
    assert "canary" not in ended.err


@needs_secret_service
def test_the_first_login_is_the_default_and_without_one_the_message_names_the_profiles(
    user: Desktop, demo: dict[str, str]
) -> None:
    assert with_token(user, demo, "--profile", "first").code == 0
    assert with_key(user, demo, "--profile", "second").code == 0
    assert with_key(user, demo, "--profile", "third").code == 0
    listed = user.kps("profiles", "--format", "json").json
    assert [(each["name"], each["default"]) for each in listed] == [
        ("first", True),
        ("second", False),
        ("third", False),
    ]
    assert user.kps("count").out == "12\n"
    assert user.kps("profiles", "remove", "first").code == 0
    named = ("several profiles and no default: second, third", "kps-tui profiles default NAME")
    one_line(user.kps("count"), 2, *named)
    one_line(user.kps("logout"), 2, *named)
    one_line(user.kps("count", "--endpoint", demo["endpoint"]), 4, *named)
    assert with_token(user, demo, "--profile", "second").code == 0
    one_line(user.kps("count"), 2, *named)
