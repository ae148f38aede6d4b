"""From a target to its client."""

import asyncio
import os
import subprocess
import sys

import pytest

from kps_tui.kps.credentials import Password, Secret
from kps_tui.kps.endpoint import Endpoint
from kps_tui.session.place import Place
from kps_tui.session.target import Target
from tests.loopback import http, listing, row, serving


def test_closing_the_client_closes_its_connection_to_iam() -> None:
    issued = http({"token": {"project": {"id": "p1"}}}, "201 Created", {"X-Subject-Token": "t"})

    async def go() -> None:
        closed = asyncio.Event()

        async def issue_and_wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(issued.replace(b"Connection: close\r\n", b""))
            await reader.read()
            closed.set()

        async with serving(listing([row(1)])) as service, serving(lambda request: issue_and_wait) as iam:
            place = Place(Endpoint.parse(service.endpoint), Endpoint.parse(iam.endpoint), project_id="p1")
            target = Target(place, Password("ops", "acme", Secret("secret")), "a test")
            async with target.client() as client:
                assert (await client.page(0, 10)).rows == 1
                assert not closed.is_set()
            await asyncio.wait_for(closed.wait(), 10)

    asyncio.run(go())


AGENCY = """
import asyncio
import subprocess
import sys

import pytest
from kps_tui.kps.credentials import Agency
from kps_tui.kps.errors import Unreachable
from kps_tui.session.place import place_of
from kps_tui.session.request_log import recent_requests
from kps_tui.session.target import Target
from kps_tui.settings import Sourced

async def go():
    place = place_of({"region": Sourced("cn-north-4", ""), "project_id": Sourced("p1", "")})
    async with Target(place, Agency(), "a test").client() as client:
        try:
            await client.page(0, 1)
        except Unreachable:
            print(*(record.path for _time, record in recent_requests()))

asyncio.run(go())
"""


def test_a_request_for_keys_of_the_agency_is_in_the_log() -> None:
    # Another user needs a namespace of users for that, which not every machine allows.
    apart = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--user"])]
    if subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip("only root can run a program without a network here")
    ended = subprocess.run([*apart, sys.executable, "-c", AGENCY], capture_output=True, text=True, timeout=60)
    assert (ended.stdout, ended.returncode) == ("/meta-data/latest/api/token\n", 0)
