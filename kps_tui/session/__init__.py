"""Who, where, with what: settings, credential and client, opened and closed for one piece of work."""
