"""Pure logic over tasks: filter, sort, group, describe and export them. No I/O, no terminal."""
