"""The timeline: a row of bars that shows when tasks failed."""
