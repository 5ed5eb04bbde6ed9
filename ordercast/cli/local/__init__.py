"""Commands that work on a local cloud, in a checkout only. Loaded by `ordercast.operations.checkout`."""
