"""AWS in memory, and what its writes take. Used by all benchmarks."""
