"""The event sources of the local cloud: what is deployed comes in, functions are invoked with its records.

The rules are those of `local_cloud.event_source_model`; here are the real APIs at its edges.

- `supervisor`: reads the mappings again and again, starts and stops what drives each
- `streams`, `shards`: Kinesis and DynamoDB streams, a thread a shard
- `queues`: SQS, a thread a poller
- `functions`: Invoke, and what its answer means
- `destinations`: batches that were given up are written to the mapping's on-failure destination
"""
