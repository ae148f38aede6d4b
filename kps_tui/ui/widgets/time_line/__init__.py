"""The row that shows when tasks failed."""
