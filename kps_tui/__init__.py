"""kps-tui: a terminal UI for the failed tasks of the Huawei Cloud Key Pair Service (KPS)."""

__version__ = "1.0.0"
