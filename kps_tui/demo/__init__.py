"""The embedded demo service: a real HTTP server on loopback that answers like KPS. Standard library only."""
