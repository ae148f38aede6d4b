"""Checks that find out why the list can't be loaded, one function each. `cli` and `ui` show the findings."""
