"""One verb a file, batches throughout; events and ports in, outcomes out."""
