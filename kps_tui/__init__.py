"""kps-tui: what failed on my servers' key pairs, is it one cause, and what do I do now?"""

__version__ = "0.1.0"
