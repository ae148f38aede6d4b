"""The state of the triage screen: what the user asked for and what is loaded. Without Textual, to be tested alone."""
