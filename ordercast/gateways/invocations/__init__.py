"""Lambda's side of an invocation: its batch responses and its log. Used by all functions."""
