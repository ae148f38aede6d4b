"""SQLite files in the state folder that last from one run to the next. They hold no secret and are not essential.

Everything here blocks: call it off the event loop. Each call opens the file, runs one transaction and closes it.
"""
