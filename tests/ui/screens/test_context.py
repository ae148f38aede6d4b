"""The dialog that chooses a profile."""

from rich.cells import cell_len
from textual.pilot import Pilot

from kps_tui.identity.profiles import Profile
from kps_tui.ui.app import KpsApp
from kps_tui.ui.screens.dialogs.context import ContextScreen
from kps_tui.ui.screens.triage import TriageScreen
from tests.loopback import Loopback, listing
from tests.ui.screens.test_triage import drive, text_of

PROJECT = "0123456789abcdef0123456789abcdef"


def test_columns_are_aligned_by_cells_whatever_the_names() -> None:
    names = ("prod", "生产环境", "a-name-that-is-longer-than-its-column", "订" * 30)
    profiles = tuple(Profile(name, region="cn-north-4", project_id=PROJECT) for name in names)

    async def body(app: KpsApp, pilot: Pilot[int], screen: TriageScreen, server: Loopback) -> None:
        app.push_screen(ContextScreen(profiles))
        await pilot.pause()
        lines = [line for line in text_of(app).splitlines() if PROJECT in line]
        assert len(lines) == len(names)
        for column in ("cn-north-4", PROJECT):
            assert len({cell_len(line.partition(column)[0]) for line in lines}) == 1, column

    drive(listing([]), body)
