"""The table of the failed tasks."""
