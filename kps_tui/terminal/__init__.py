"""The terminal that the program runs in: its properties, clipboard, encoding, input and output. Without Textual."""
