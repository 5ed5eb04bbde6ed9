"""What Ordercast is compared with: the usual code for the same task. Used by all benchmarks."""
