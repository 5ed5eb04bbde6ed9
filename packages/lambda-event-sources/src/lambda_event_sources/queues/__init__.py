"""Gather messages of SQS queues into batches, and queues in memory to receive them from."""
