"""Count notifications into hourly rollups, and read figures from them. Pure; above `sending`."""
