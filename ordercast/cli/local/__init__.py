"""What commands do on a local cloud. Loaded by `ordercast.operations.checkout` alone, in a checkout."""
