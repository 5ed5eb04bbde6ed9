"""Make one HTML page of figures and plots from the rollups of a period. Used by `ordercast report` and the demo."""
