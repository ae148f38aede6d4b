"""Sends the terminal only what changes: a model of what it shows, and the shortest output that updates it.

Textual repaints whole widgets, so over SSH each key press would send several kilobytes, most of them for cells that do
not change. Everything here is pure, without a terminal and without Textual: text in, text out.

`style` and `cell` say what one cell looks like, `reader` reads Textual's output, `picture` is what a screen shows,
`brush` writes cells, `update` compares two pictures, and `wire` holds the state between two updates.
"""
