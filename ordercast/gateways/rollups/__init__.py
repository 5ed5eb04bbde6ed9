"""Keep rollups and counted versions in the rollups table."""
