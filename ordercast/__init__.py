"""The command line: an operator's words in, a running pipeline and readable answers out."""
