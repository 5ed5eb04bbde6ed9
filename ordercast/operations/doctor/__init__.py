"""Read the facts of an account and judge whether a stage in it is ready to send. Used by `ordercast doctor`."""
