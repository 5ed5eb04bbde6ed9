"""Goals, costs and tables of what was measured. Used by `make bench`."""
