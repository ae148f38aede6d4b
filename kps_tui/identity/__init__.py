"""Credentials and where they come from: configuration, environment, keyring, files of the vendor's tools."""
