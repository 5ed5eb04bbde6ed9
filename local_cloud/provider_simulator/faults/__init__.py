"""Let the simulated providers fail while they run, each by its Region. Used by the simulator's server.

- `fault`: what can be the matter with a provider, and how it is written
- `active`: the faults that are set, and which of them meet a call
- `control`: the HTTP calls that set, show and clear them
- `regional_endpoints`: a port for each provider and Region, which can refuse connections
"""
