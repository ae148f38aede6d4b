"""What is kept from one run to the next, in one SQLite file; never a secret. The program works without it.

Everything here blocks: call it from a thread. Every call opens the file, does one transaction and closes it.
"""
