"""The filter bar, in which the filter is typed and shown."""
