"""Deliver the records of a stream: shards, parallelization lanes, retries, tumbling windows."""
