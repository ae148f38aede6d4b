"""SQLite files in the state folder that keep data from one run to the next. They hold no secret, and none is required.

Everything here blocks: call it off the event loop. Each call opens the file, runs one transaction and closes it.
"""
