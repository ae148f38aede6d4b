"""The detail of one task: its texts, its layouts, and the pane that shows it."""
