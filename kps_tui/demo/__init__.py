"""The embedded demo service: a real HTTP server on loopback that responds like KPS and IAM. Standard library only."""
