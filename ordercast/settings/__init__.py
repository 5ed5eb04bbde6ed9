"""Read a stage's settings and the environment of its functions."""
