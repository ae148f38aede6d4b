"""Pure logic over tasks: what is shown, in which order. No I/O, no terminal."""
