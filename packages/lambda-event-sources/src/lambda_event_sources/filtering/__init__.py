"""Decide which records a mapping's filter criteria let through."""
