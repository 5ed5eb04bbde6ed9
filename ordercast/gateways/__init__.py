"""Call the services outside, one service a module: requests, item shapes and API limits. Implements the workflows' ports."""
