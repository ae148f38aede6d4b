"""What may stand in the way, looked at piece by piece: checks as data, one function each. Nothing here draws."""
