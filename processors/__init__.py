"""Lambda entry points: an AWS event in, the answer AWS expects out."""
