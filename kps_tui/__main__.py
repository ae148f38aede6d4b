"""Runs the command `kps-tui` for `python -m kps_tui`."""

from kps_tui.cli import main

if __name__ == "__main__":
    main()
