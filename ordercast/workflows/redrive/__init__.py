"""Workflows that list, redrive and drop parked items. Used by `ordercast parked`."""
