"""Show a stage in a browser, on loopback only. Used by `ordercast console`, which needs the extra `console`."""
