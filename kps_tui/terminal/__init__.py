"""The terminal that the program runs in: its abilities, its clipboard, its encoding. Standard library only."""
