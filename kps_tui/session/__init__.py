"""Sessions: settings, profile and login are resolved to a target, and the list is read from it through a client."""
