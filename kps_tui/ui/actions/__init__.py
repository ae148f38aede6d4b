"""What the commands do to the screen, by group; registered in `kps_tui.ui.commands`."""
