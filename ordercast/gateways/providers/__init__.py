"""Set up by the move; described below."""
