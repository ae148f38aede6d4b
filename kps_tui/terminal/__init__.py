"""What terminal this is. Standard library only."""
