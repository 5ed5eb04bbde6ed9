"""A handler, and records with what goes wrong between them, come in; what Lambda would do with it goes out.

No AWS, no threads, no waiting: the event-source model on a clock that is turned as far as it takes.
docs/event-sources.md shows how a test uses it.

- `items`: what the input is made of: records, faults, reshardings, time
- `event_source`: the entrance, and the pytest fixture's value
- `changes`: changes of a table's items, as its stream tells of them
- `streams`, `driving`: a stream's input, and its shards delivered to the handler
- `queues`: a queue's input delivered to the handler
- `function`: a handler as Lambda runs it
- `report`: what was invoked, retried, split, given up
- `pytest_plugin`: the fixture `event_source`
"""
