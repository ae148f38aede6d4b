"""The client of the Key Pair Service (KPS) and of IAM. It knows nothing of terminals."""
