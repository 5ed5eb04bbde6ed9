"""The Lambda functions, one a file, each with its grants and its event source."""
