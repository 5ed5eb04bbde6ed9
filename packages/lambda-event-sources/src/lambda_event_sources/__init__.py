"""Model Lambda's event source mappings without I/O, threads, a clock or randomness.

Tests use it through `harness` and its pytest fixture; `drivers` run it against real APIs.
docs/rules.md lists each rule with its source and the test that holds it.

- `mapping`: the settings of one event source mapping; `limits`: the ranges that AWS accepts
- `unsupported`: settings with which a mapping is better not run
- `events`: Lambda events made of records as the services' APIs return them
- `recordings`: records taken out of recorded Lambda events
- `outcomes`: what an invocation's result means for its batch
- `on_failure`: the record that Lambda writes about a discarded batch
- `filtering`: filter criteria and their pattern language
- `streams`: shards, parallelization lanes, retries, tumbling windows
- `queues`: batches of a queue; standard and FIFO queues in memory
- `harness`: run a handler on all this and report what happened
- `drivers`: poll real or emulated sources (needs the extra `boto3`)
"""
