"""Workflows: one verb a file. Ports come in as arguments; each handles a whole batch."""
