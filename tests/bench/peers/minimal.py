"""The smallest app of Textual: the least time that any program with it needs to start."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class MinimalPeer(App[None]):
    """One line of text; `q` quits."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        """Show the line that the benchmark waits for."""
        yield Static("ready")


if __name__ == "__main__":
    MinimalPeer().run()
