"""Set up a checkout with make and uv: the steps, the lock and the runner of a step. Used by `make bootstrap`."""
