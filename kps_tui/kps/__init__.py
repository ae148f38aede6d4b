"""The Key Pair Service (KPS): what it answers, over HTTP. Knows nothing of terminals."""
