"""The detail of one task: its words, its layouts for each place, and the pane that shows it."""
