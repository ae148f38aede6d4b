"""`python -m kps_tui`: the same as the command `kps-tui`."""

from kps_tui.cli import main

if __name__ == "__main__":
    main()
