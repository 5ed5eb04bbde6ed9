"""Throw faults at a local cloud while orders flow, and look what became of them. Run by `make chaos`, `make outages` and `make soak`.

- `fault_proxy`: what stands between the functions and every service, and fails
- `thrower`: the faults by a seed: of services, providers and processes
- `flow`: the orders, and what each of them wants
- `judgement`: what became of every message, and which doubts are explained
- `rest`: wait until nothing moves any more
- `run`, `report`: do all of it, and show it
- `outages`: the first Region's texts are away while urgent ones flow
- `soak`: memory and backlog by process while many orders flow
"""
