"""Dialogs above the screen of the tasks, and the sign-in screen."""
