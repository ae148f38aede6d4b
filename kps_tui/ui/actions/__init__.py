"""The functions behind the commands of the triage screen. `kps_tui.ui.commands` gives them ids and keys."""
