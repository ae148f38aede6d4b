"""Authentication of requests, against a real service and a real IAM on loopback."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from kps_tui.kps import signing
from kps_tui.kps.auth import AccessKeyAuth, Login, TokenAuth
from kps_tui.kps.auth_factory import AgencyAuth, PasswordAuth, auth_for
from kps_tui.kps.client import KpsClient
from kps_tui.kps.credentials import AccessKey, Agency, Credential, Password, Secret, Token
from kps_tui.kps.endpoint import Endpoint
from kps_tui.kps.errors import KpsError, LoginRefused, ServiceFailed, Unreachable
from kps_tui.kps.iam import IamClient
from kps_tui.kps.iam_answer import IssuedToken
from kps_tui.kps.login_errors import AgencyMissing, LoginExpired, SignInRefused
from kps_tui.kps.metadata import Metadata
from tests.loopback import Loopback, Reply, Request, http, serving
from tests.virtual_time import VirtualTime

PASSWORD, SECRET = "canary-password-3d", "canary-secret-key-3d"
PROJECT = "0123456789abcdef0123456789abcdef"
EMPTY = http({"total": 0, "tasks": []})
MUST_BE_UPDATED = http({"error_code": "APIGW.0307", "error_msg": "The token must be updated."}, "401 X")
REFUSED = http({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}, "401 X")
KEY = AccessKey.parse("AKEXAMPLE", Secret(SECRET), "a test")
TEMPORARY = AccessKey.parse("AKEXAMPLE", Secret(SECRET), "a test", Secret("canary-security-token-3d"))
USER = Password.parse("ops", "acme", Secret(PASSWORD), "a test")
WITH_CODE = Password.parse("ops", "acme", Secret(PASSWORD), "a test", user_id="u1", passcode=Secret("123456"))


@dataclass
class World:
    """A service, an IAM, a metadata service, and a clock that a test sets."""

    service: Loopback
    iam_server: Loopback
    ecs: Loopback
    now: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    life: timedelta = timedelta(hours=24)
    issued: list[IssuedToken] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    iam_says: list[Reply] = field(default_factory=list)
    """The first responses of IAM."""
    service_says: list[Reply] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def login(self, credential: Credential, last: Token | None = None) -> Login:
        return auth_for(
            credential,
            Endpoint.parse(self.service.endpoint),
            PROJECT,
            region="cn-north-4",
            iam=IamClient(Endpoint.parse(self.iam_server.endpoint), now=self.clock),
            metadata=Metadata(Endpoint.parse(self.ecs.endpoint)),
            cached=last,
            renewed=self.issued.append,
            now=self.clock,
        )

    def client(self, credential: Credential | Login) -> KpsClient:
        login = credential if isinstance(credential, Login) else self.login(credential)
        return KpsClient(
            Endpoint.parse(self.service.endpoint), PROJECT, login, timing=VirtualTime().timing, now=self.clock
        )

    @property
    def tokens_sent(self) -> list[str]:
        return [request.headers.get("x-auth-token", "") for request in self.service.requests]


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    def service(request: Request) -> Reply:
        if world.service_says:
            return world.service_says.pop(0)
        token = request.headers.get("x-auth-token")
        return EMPTY if token is None or token in world.valid else REFUSED

    def iam(request: Request) -> Reply:
        if world.iam_says:
            return world.iam_says.pop(0)
        token = f"token-{len(world.iam_server.requests)}"
        world.valid.add(token)
        ends = (world.now + world.life).isoformat()
        body = {"token": {"expires_at": ends, "project": {"id": PROJECT, "name": "cn-north-4"}}}
        return http(body, "201 Created", {"X-Subject-Token": token})

    def ecs(request: Request) -> Reply:
        if request.method == "PUT":
            return http({}, "404 X")
        if world.iam_says:
            return world.iam_says.pop(0)
        number = len(world.ecs.requests)
        held = {"access": f"AK{number}", "secret": SECRET, "securitytoken": f"st-{number}"}
        return http({"credential": held | {"expires_at": (world.now + world.life).isoformat()}})

    async with serving(service) as first, serving(iam) as second, serving(ecs) as third:
        world = World(first, second, third)
        yield world


def run(story: Callable[[World], Coroutine[Any, Any, None]]) -> World:
    """Run `story` in a new `World`."""

    async def go() -> World:
        async with _world() as world:
            await story(world)
            return world

    return asyncio.run(go())


async def failing(client: KpsClient) -> KpsError:
    with pytest.raises(KpsError) as caught:
        await client.page(0, 1)
    stack = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    shown = repr((str(caught.value), vars(caught.value), [f.locals for f in stack if "/tests/" not in f.filename]))
    assert PASSWORD not in shown
    assert SECRET not in shown
    return caught.value


@pytest.mark.parametrize("credential", [Token(Secret("t")), KEY, USER, Agency()], ids=lambda c: type(c).__name__)
def test_a_request_to_another_origin_carries_no_login(credential: Credential) -> None:
    async def story(world: World) -> None:
        login = world.login(credential)
        await login.ready()
        here = httpx.URL(world.service.endpoint)
        for url in (here.copy_with(scheme="https"), here.copy_with(port=1), "http://127.0.0.2/", "https://iam.x.com/"):
            request = httpx.Request("GET", url)
            with pytest.raises(ValueError, match="another origin"):
                next(login.auth_flow(request))
            assert not {"x-auth-token", "authorization", "x-security-token"} & request.headers.keys()

    run(story)


def test_each_credential_has_its_login() -> None:
    async def story(world: World) -> None:
        kinds = [type(world.login(credential)) for credential in (Token(Secret("t")), KEY, USER, Agency())]
        assert kinds == [TokenAuth, AccessKeyAuth, PasswordAuth, AgencyAuth]
        with pytest.raises(TypeError):
            auth_for(USER, Endpoint.parse(world.service.endpoint), PROJECT)

    run(story)


@pytest.mark.parametrize("key", [KEY, TEMPORARY], ids=["permanent", "temporary"])
def test_an_access_key_signs_what_is_really_sent(key: AccessKey) -> None:
    async def story(world: World) -> None:
        async with world.client(key) as client:
            await client.page(10, 5)

    world = run(story)
    (request,) = world.service.requests
    assert request.headers["host"] == httpx.URL(world.service.endpoint).netloc.decode()
    assert request.headers["x-project-id"] == PROJECT
    assert request.headers.get("x-security-token") == (key.security_token.reveal() if key.security_token else None)
    proof = signing.parse_authorization(request.headers["authorization"])
    assert proof is not None
    assert proof.access_key == "AKEXAMPLE"
    expected = {"host", "x-project-id", "x-sdk-date"} | ({"x-security-token"} if key.security_token else set())
    assert set(proof.signed_headers) == expected
    assert signing.is_signed(SECRET, proof, request.method, request.target, request.headers, request.body)
    assert signing.signed_at(request.headers) == world.now


def test_a_refused_key_is_not_tried_again_and_a_wrong_clock_is_named() -> None:
    async def story(world: World) -> None:
        for minutes, named in [(0, ""), (4, ""), (16, "16 min slow"), (-16, "16 min fast")]:
            date = format_datetime(world.now + timedelta(minutes=minutes), usegmt=True)
            world.service_says[:] = [http({"error_code": "APIGW.0301"}, "401 X", {"Date": date})]
            async with world.client(KEY) as client:
                error = await failing(client)
            assert isinstance(error, LoginRefused)
            if named:
                assert f"your clock is {named}" in str(error.next_step)
                assert error.skew == timedelta(minutes=-minutes)
            else:
                assert "check the access key" in str(error.next_step)
                assert error.skew is None
        assert len(world.service.requests) == 4

    run(story)


EXPIRED = "Incorrect IAM authentication information: calc aksk signature fail:signature expired"


@pytest.mark.parametrize("ahead", [None, timedelta(), timedelta(hours=3)], ids=["no-date", "date", "other-date"])
@pytest.mark.parametrize(
    ("said", "advice", "minutes"),
    [
        (", signature time:20300101T064303Z,server time:20300101T065804Z", "your clock is 15 min slow", -15),
        (", signature time:20300101T065804Z,server time:20300101T064303Z", "your clock is 15 min fast", 15),
        (", signature time: 20300101T100000Z, server time: 20300101T065804Z", "your clock is 182 min fast", 182),
    ],
)
def test_an_expired_signature_names_the_clock_by_what_the_message_says(
    said: str, advice: str, minutes: int, ahead: timedelta | None
) -> None:
    async def story(world: World) -> None:
        date = {} if ahead is None else {"Date": format_datetime(world.now + ahead, usegmt=True)}
        body = {"error_code": "APIGW.0301", "error_msg": EXPIRED + said}
        world.service_says[:] = [http(body, "401 X", date)]
        async with world.client(KEY) as client:
            error = await failing(client)
        assert isinstance(error, LoginRefused)
        assert advice in str(error.next_step)
        assert error.skew is not None
        assert round(error.skew.total_seconds() / 60) == minutes

    run(story)


@pytest.mark.parametrize("said", ["", ", signature time:soon,server time:99999999T999999Z"])
def test_an_expired_signature_without_times_still_names_the_clock(said: str) -> None:
    async def story(world: World) -> None:
        world.service_says[:] = [http({"error_code": "APIGW.0301", "error_msg": EXPIRED + said}, "401 X")]
        async with world.client(KEY) as client:
            error = await failing(client)
        assert "check this machine's clock" in str(error.next_step)
        assert "five wrong signatures" not in str(error.next_step)

    run(story)


@pytest.mark.parametrize("login", [KEY, Token(Secret("t"))], ids=["key", "token"])
def test_a_refused_address_names_the_access_control_list(login: Credential) -> None:
    async def story(world: World) -> None:
        message = "Incorrect IAM authentication information: current ip:203.0.113.7 refused"
        world.service_says[:] = [http({"error_code": "APIGW.0301", "error_msg": message}, "401 X")]
        async with world.client(login) as client:
            error = await failing(client)
        assert "access control list does not allow the address 203.0.113.7" in str(error.next_step)
        assert "five wrong signatures" not in str(error.next_step)
        assert "log in again" not in str(error.next_step)

    run(story)


def test_a_refused_token_has_nothing_to_do_with_the_clock() -> None:
    async def story(world: World) -> None:
        date = format_datetime(world.now + timedelta(hours=1), usegmt=True)
        world.service_says[:] = [http({}, "401 X", {"Date": date})]
        async with world.client(Token(Secret("t"))) as client:
            error = await failing(client)
        assert isinstance(error, LoginRefused)
        assert error.skew is None
        assert "log in again" in str(error.next_step)

    run(story)


def test_a_password_is_sent_when_a_token_is_first_needed_and_then_no_more() -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            assert world.iam_server.connections == 0
            for _ in range(3):
                await client.page(0, 1)

    world = run(story)
    assert len(world.iam_server.requests) == 1
    assert world.tokens_sent == ["token-1"] * 3
    assert [issued.token.secret.reveal() for issued in world.issued] == ["token-1"]


def test_a_stored_token_spares_the_password() -> None:
    async def story(world: World) -> None:
        world.valid.add("stored")
        last = Token(Secret("stored"), world.now + timedelta(hours=1))
        async with world.client(world.login(USER, last)) as client:
            await client.page(0, 1)

    world = run(story)
    assert world.tokens_sent == ["stored"]
    assert world.iam_server.connections == 0


def test_many_waiting_requests_share_one_renewal() -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            await asyncio.gather(*(client.page(0, 1) for _ in range(20)))
            world.now += timedelta(hours=25)
            await asyncio.gather(*(client.page(0, 1) for _ in range(20)))

    world = run(story)
    assert len(world.iam_server.requests) == 2
    assert world.tokens_sent == ["token-1"] * 20 + ["token-2"] * 20


def test_a_storm_of_401_is_one_renewal() -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            await client.page(0, 1)
            world.now += timedelta(hours=1)
            world.service_says[:] = [MUST_BE_UPDATED] * 4
            await asyncio.gather(*(client.page(0, 1) for _ in range(4)))

    world = run(story)
    assert len(world.iam_server.requests) == 2
    assert sorted(world.tokens_sent) == ["token-1"] * 5 + ["token-2"] * 4


def test_a_401_that_comes_after_the_renewal_is_repeated_with_the_new_token() -> None:
    async def story(world: World) -> None:
        arrived, go_on = asyncio.Event(), asyncio.Event()

        async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await go_on.wait()
            writer.write(MUST_BE_UPDATED)

        async with world.client(USER) as client:
            await client.page(0, 1)
            world.now += timedelta(hours=1)
            world.service_says[:] = [late, MUST_BE_UPDATED]
            slow = asyncio.create_task(client.page(0, 1))
            await asyncio.wait_for(arrived.wait(), 5)
            await client.page(0, 1)
            go_on.set()
            await asyncio.wait_for(slow, 5)

    world = run(story)
    assert len(world.iam_server.requests) == 2
    assert world.tokens_sent == ["token-1"] * 3 + ["token-2"] * 2


def test_many_waiting_requests_share_one_refusal() -> None:
    async def story(world: World) -> None:
        world.iam_says[:] = [http({}, "401 X")]
        async with world.client(USER) as client:
            for _ in range(2):
                errors = await asyncio.gather(*(client.page(0, 1) for _ in range(5)), return_exceptions=True)
                assert all(isinstance(error, SignInRefused) for error in errors)

    world = run(story)
    assert len(world.iam_server.requests) == 1
    assert world.service.connections == 0


@pytest.mark.parametrize(
    ("left", "posts"), [(timedelta(minutes=6), 1), (timedelta(minutes=5), 2), (timedelta(minutes=1), 2)]
)
def test_a_token_is_renewed_five_minutes_before_its_end(left: timedelta, posts: int) -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            await client.page(0, 1)
            world.now += world.life - left
            await client.page(0, 1)

    assert len(run(story).iam_server.requests) == posts


def test_a_short_lived_token_is_not_renewed_for_each_request() -> None:
    async def story(world: World) -> None:
        world.life = timedelta(minutes=4)
        async with world.client(USER) as client:
            for _ in range(3):
                await client.page(0, 1)
            world.now += timedelta(minutes=3)
            await client.page(0, 1)

    assert len(run(story).iam_server.requests) == 2


def test_a_token_that_is_over_on_arrival_is_used_all_the_same() -> None:
    async def story(world: World) -> None:
        world.life = timedelta(hours=-1)
        async with world.client(USER) as client:
            for _ in range(3):
                await client.page(0, 1)

    assert len(run(story).iam_server.requests) == 1


def test_a_renewal_ahead_of_time_that_fails_waits_for_the_end() -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            await client.page(0, 1)
            world.now += timedelta(hours=23, minutes=57)
            world.iam_says[:] = [http({}, "503 X")]
            await client.page(0, 1)
            await client.page(0, 1)
            assert len(world.iam_server.requests) == 2
            world.now += timedelta(minutes=5)
            world.iam_says[:] = [http({}, "503 X")]
            assert isinstance(await failing(client), ServiceFailed)
            await client.page(0, 1)

    world = run(story)
    assert world.tokens_sent == ["token-1"] * 3 + ["token-4"]


@pytest.mark.parametrize(
    ("later", "answer", "renewed"),
    [
        (timedelta(hours=1), REFUSED, False),
        (timedelta(hours=1), MUST_BE_UPDATED, True),
        (timedelta(minutes=1), MUST_BE_UPDATED, False),
    ],
    ids=["401", ".0307", ".0307 of a new token"],
)
def test_after_a_401_only_what_is_worth_it_is_repeated_once(later: timedelta, answer: bytes, renewed: bool) -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            await client.page(0, 1)
            world.now += later
            world.service_says[:] = [answer, answer]
            assert isinstance(await failing(client), LoginRefused)

    world = run(story)
    assert len(world.iam_server.requests) == 1 + renewed
    assert len(world.service.requests) == 2 + renewed


def test_a_token_whose_end_passed_during_the_request_is_renewed_once() -> None:
    async def story(world: World) -> None:
        async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            world.now += timedelta(hours=2)
            writer.write(REFUSED)

        last = Token(Secret("stored"), world.now + timedelta(hours=1))
        world.service_says[:] = [late]
        async with world.client(world.login(USER, last)) as client:
            await client.page(0, 1)

    world = run(story)
    assert world.tokens_sent == ["stored", "token-1"]
    assert len(world.issued) == 1


def test_a_401_of_iam_ends_it() -> None:
    async def story(world: World) -> None:
        async with world.client(USER) as client:
            await client.page(0, 1)
            world.now += timedelta(hours=25)
            world.iam_says[:] = [http({"error_code": "IAM.0061"}, "401 X")]
            assert isinstance(await failing(client), SignInRefused)
            assert isinstance(await failing(client), SignInRefused)

    world = run(story)
    assert len(world.iam_server.requests) == 2
    assert len(world.service.requests) == 1


@pytest.mark.parametrize("broken", [b"", http({}, "503 X"), http({}, "429 X")])
def test_a_failed_login_is_not_repeated_by_the_client(broken: bytes) -> None:
    async def story(world: World) -> None:
        world.iam_says[:] = [broken]
        async with world.client(USER) as client:
            await failing(client)

    world = run(story)
    assert len(world.iam_server.requests) == 1
    assert world.service.connections == 0


def test_a_code_is_good_for_one_token() -> None:
    async def story(world: World) -> None:
        async with world.client(WITH_CODE) as client:
            await client.page(0, 1)
            world.now += timedelta(hours=23, minutes=58)
            await client.page(0, 1)
            world.now += timedelta(hours=1)
            error = await failing(client)
        assert isinstance(error, LoginExpired)
        assert error.exit_code == 4
        assert "MFA" in str(error)

    world = run(story)
    assert len(world.iam_server.requests) == 1


def test_when_no_one_waits_any_more_the_login_is_broken_off() -> None:
    async def story(world: World) -> None:
        arrived, closed = asyncio.Event(), asyncio.Event()

        async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await reader.read()
            closed.set()

        world.iam_says[:] = [hold]
        async with world.client(USER) as client:
            first, second = (asyncio.create_task(client.page(0, 1)) for _ in range(2))
            await asyncio.wait_for(arrived.wait(), 5)
            first.cancel()
            await asyncio.wait([first], timeout=5)
            assert not closed.is_set()
            second.cancel()
            await asyncio.wait([second], timeout=5)
            await asyncio.wait_for(closed.wait(), 5)
            await client.page(0, 1)

    world = run(story)
    assert world.tokens_sent == ["token-2"]


def test_one_who_leaves_does_not_break_it_off_for_the_others() -> None:
    async def story(world: World) -> None:
        arrived, go_on = asyncio.Event(), asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await go_on.wait()
            world.valid.add("slow")
            writer.write(http({"token": {}}, "201 Created", {"X-Subject-Token": "slow"}))

        world.iam_says[:] = [slow]
        async with world.client(USER) as client:
            first, second = (asyncio.create_task(client.page(0, 1)) for _ in range(2))
            await asyncio.wait_for(arrived.wait(), 5)
            first.cancel()
            await asyncio.wait([first], timeout=5)
            go_on.set()
            await asyncio.wait_for(second, 5)

    world = run(story)
    assert world.tokens_sent == ["slow"]
    assert len(world.iam_server.requests) == 1


@pytest.mark.parametrize(("left", "asked"), [(timedelta(minutes=11), 1), (timedelta(minutes=10), 2), (timedelta(0), 2)])
def test_an_agency_s_keys_are_renewed_ten_minutes_before_their_end(left: timedelta, asked: int) -> None:
    async def story(world: World) -> None:
        async with world.client(Agency()) as client:
            await client.page(0, 1)
            world.now += world.life - left
            await asyncio.gather(*(client.page(0, 1) for _ in range(5)))

    world = run(story)
    assert len([request for request in world.ecs.requests if request.method == "GET"]) == asked
    for request in world.service.requests:
        proof = signing.parse_authorization(request.headers["authorization"])
        assert proof is not None
        assert proof.access_key.removeprefix("AK") == request.headers["x-security-token"].removeprefix("st-")
        assert signing.is_signed(SECRET, proof, request.method, request.target, request.headers, b"")


def test_keys_that_are_over_on_arrival_are_used_all_the_same() -> None:
    async def story(world: World) -> None:
        world.life = timedelta(hours=-1)
        async with world.client(Agency()) as client:
            for _ in range(3):
                await client.page(0, 1)

    world = run(story)
    assert [request.method for request in world.ecs.requests] == ["PUT", "GET"]


def test_an_agency_that_is_missing_is_asked_for_again() -> None:
    async def story(world: World) -> None:
        world.iam_says[:] = [http({}, "401 X")]
        async with world.client(Agency()) as client:
            assert isinstance(await failing(client), AgencyMissing)
            await client.page(0, 1)

    assert len(run(story).service.requests) == 1


def test_no_iam_there_is_said_of_iam() -> None:
    async def story(world: World) -> None:
        endpoint = Endpoint.parse(world.service.endpoint)
        login = auth_for(USER, endpoint, PROJECT, iam=IamClient(Endpoint("http", "127.0.0.1", 9)))
        async with KpsClient(endpoint, PROJECT, login, timing=VirtualTime().timing) as client:
            error = await failing(client)
        assert isinstance(error, Unreachable)
        assert "127.0.0.1:9" in str(error)

    run(story)
