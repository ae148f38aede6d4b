"""Finds credentials, so that nothing else must know where they are kept."""
