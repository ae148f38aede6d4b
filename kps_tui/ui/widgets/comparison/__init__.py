"""The comparison of two values of a facet, side by side."""
