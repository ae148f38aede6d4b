"""What the user asked for and what is loaded, without Textual, so that it is tested without an app."""
