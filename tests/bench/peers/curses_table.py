"""The same screen drawn with curses, which sends very little. Keys: the arrows, page up and down, `q`."""

import curses
import os

from tests.bench.peers.rows import FIELDS, WIDTHS, rows


def main(window: "curses.window") -> None:
    """Draw the table and the detail of the row under the cursor, and follow the keys."""
    curses.use_default_colors()
    curses.curs_set(0)
    window.scrollok(True)
    window.idlok(True)
    found = rows(int(os.environ["BENCH_ROWS"]))
    cursor = top = 0
    while True:
        height, width = window.getmaxyx()
        shown, table = height - 3, width - 40
        top = min(max(top, cursor - shown + 1), cursor)
        window.erase()
        window.addnstr(0, 0, "failed tasks", width - 1)
        window.addnstr(1, 0, _line(FIELDS), table - 1, curses.A_BOLD)
        for line in range(min(shown, len(found) - top)):
            style = curses.A_REVERSE if top + line == cursor else curses.A_NORMAL
            window.addnstr(line + 2, 0, _line(found[top + line]).ljust(table - 1), table - 1, style)
        for number, (name, value) in enumerate(zip(FIELDS, found[cursor], strict=True)):
            window.addnstr(1 + 3 * number, table, name, 39)
            window.addnstr(2 + 3 * number, table, value, 39)
        window.addnstr(height - 1, 0, "ready", width - 1)
        key = window.getch()
        if key in (ord("q"), -1):
            return
        step = {curses.KEY_DOWN: 1, curses.KEY_UP: -1, curses.KEY_NPAGE: shown, curses.KEY_PPAGE: -shown}.get(key, 0)
        cursor = min(max(cursor + step, 0), len(found) - 1)


def _line(values: tuple[str, ...]) -> str:
    return " ".join(value[:width].ljust(width) for value, width in zip(values, WIDTHS, strict=True))


if __name__ == "__main__":
    curses.wrapper(main)
