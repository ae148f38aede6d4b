"""Sends the terminal only what changes: a model of what it shows, and the shortest way from there to the next picture.

Textual repaints whole widgets, so over SSH each key press would be several kilobytes, most of it cells that stay as
they are. Everything here is free of terminals and of Textual: text in, text out.

`style` and `cell` say what one cell looks like, `reader` reads Textual's output, `picture` is what a screen shows,
`brush` writes cells, `update` compares two pictures, and `wire` holds the state between two updates.
"""
