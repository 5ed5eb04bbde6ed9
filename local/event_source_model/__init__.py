"""Lambda's event source as a pure model: records, outcomes and the time go in, what to do next comes out.

No I/O, no threads, no clock, no randomness.
The local cloud's poller puts real APIs at its edges, tests put a hand-turned clock there.

- `mapping`: what was deployed (one entry of ListEventSourceMappings), as values
- `events`: the Lambda event made of records as the services' APIs return them
- `answers`: what a function's answer means for a batch
- `lane`: one shard of a stream, batch after batch
- `queue`: one poller of a queue, batch after batch
- `give_up`: the record that is written when a batch is given up
"""
