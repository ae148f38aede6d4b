"""What lies above the screen of the tasks and goes away with an answer."""
