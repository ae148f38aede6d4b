"""The line in which the filter is typed and shown."""
