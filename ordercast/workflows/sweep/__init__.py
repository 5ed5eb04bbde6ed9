"""Workflows that act on what is due, in rounds that take turns. Used by the sweeper."""
