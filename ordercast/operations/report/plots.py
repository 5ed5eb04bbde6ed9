"""List the report's plots in their order. Used by `page`."""

from ordercast.operations.report.latencies import latencies
from ordercast.operations.report.plot import Buckets, Plot
from ordercast.operations.report.rates import rates
from ordercast.operations.report.shares import costs, funnel, places, suppressed


def plots(buckets: Buckets) -> list[Plot]:
    """Return the plots; empty ones are left out."""
    drawn = [each(buckets) for each in (rates, funnel, latencies, suppressed, costs, places)]
    return [each for each in drawn if each is not None]
