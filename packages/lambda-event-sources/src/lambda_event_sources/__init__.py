"""Lambda's event source as a pure model: records, outcomes and the time go in, what to do next comes out.

No I/O, no threads, no clock, no randomness.
The local cloud's poller puts real APIs at its edges, tests put a hand-turned clock there.

docs/event-sources.md lists its rules, where AWS documents each, and the test that holds it.

- `mapping`: what was deployed (one entry of ListEventSourceMappings), as values
- `refused`: what of it is better not driven
- `filters`: which records a function is to see; `patterns` and `operators` are their language
- `events`: the Lambda event made of records as the services' APIs return them; `recorded` is the way back
- `answers`: what a function's answer means for a batch
- `lineage`: which shards of a stream may be read now, and from where
- `reader`: a shard of any stream, read on and on
- `shard`: one shard, its keys spread over lanes
- `lane`: one lane, batch after batch
- `tumbling`: one lane whose batches are of time windows, with the function's state going along
- `queue`: one poller of a queue, batch after batch
- `give_up`: the record that is written when a batch is given up
- `stream`, `standard_queue`, `fifo_queue`: a stream and queues in memory, for who has no real ones
"""
