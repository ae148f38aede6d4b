"""What an operator wants to know, in as few keys as possible."""

import asyncio
import re

from kps_tui.session.session import Session
from kps_tui.triage.families import family
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.diagnosis import DiagnosisScreen
from tests.demo_app import demo_target, frozen, headless, settled, until
from tests.ui.screens.driving import press, text_of, until_said

CHECK_FIRST = ["x"]
TICKET = [*CHECK_FIRST, "Y"]
CAUSE_OF_A_DAY = ["equals_sign", "i"]
FAMILY = "api-gateway"
IDS_OF_A_FAMILY = ["slash", *("minus" if c == "-" else c for c in FAMILY), "enter", "asterisk", "y", "s"]
COMPARE = ["l", "l", "l", "l", "f", "space", "space", "c"]
"""One `l` less where the key pair is a column, from 100 columns on."""


def sent(app: KpsApp) -> str:
    """The text that was sent to the clipboard last."""
    return app.triage.delivery._last[0]


def test_five_jobs_take_few_keys() -> None:
    async def go() -> None:
        with demo_target(400) as target:
            app = KpsApp(Session.on(target), now=frozen)
            async with headless(app, (80, 24), notifications=True) as pilot:
                screen = await settled(app, pilot)
                await until(pilot, "the incident is found", lambda: screen.incidents.first is not None)
                start, tasks = screen.bench, [*screen.view.tasks()]

                # What to check first, and a ticket of the incident that the band names.
                await press(app, pilot, *CHECK_FIRST)
                assert isinstance(app.screen, DiagnosisScreen)
                await until(
                    pilot, "the first check is in sight", lambda: bool(re.search("check first +log in", text_of(app)))
                )
                await press(app, pilot, *TICKET[1:])
                await until_said(app, pilot, "ticket of the incident, 24 tasks: sent")
                assert "One incident. The same error on 24 servers (16 `api-gateway`, 8 `web`)" in sent(app)
                await press(app, pilot, "escape")

                # One cause of the last day's failures.
                await press(app, pilot, *CAUSE_OF_A_DAY)
                assert len(screen.view) == 24
                assert {task.task_error_msg for task in screen.view.tasks()} == {"Server login credential incorrect"}

                # The ids of all servers of one family.
                screen.bench = start
                await press(app, pilot, *IDS_OF_A_FAMILY)
                expected = {task.server_id for task in tasks if family(task.server_name or "") == FAMILY}
                await until_said(app, pilot, "server id of ")
                assert set(sent(app).split()) == expected

                # Two key pairs side by side.
                screen.bench = start
                screen.table.active_column = "time"
                await press(app, pilot, *COMPARE)
                assert len(screen.bench.query.compared) == 2
                assert screen.bench.query.facet == "key"

    asyncio.run(go())
