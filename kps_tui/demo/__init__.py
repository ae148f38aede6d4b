"""The embedded demo service: an HTTP server on loopback that responds like KPS and IAM. Standard library only."""
