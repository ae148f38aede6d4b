"""The groups: how often each value of a field occurs, in lists."""
