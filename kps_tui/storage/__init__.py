"""The SQLite file in the state folder that lasts from one run to the next. It holds no secret and is not essential.

Everything here blocks: call it off the event loop. Each call opens the file, runs one transaction and closes it.
"""
