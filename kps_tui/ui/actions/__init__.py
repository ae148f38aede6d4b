"""What the commands do to the screen of the tasks; `kps_tui.ui.commands` gives them their ids and keys."""
