"""Build workflows around their ports: for Lambda functions and commands AWS's, for tests fakes."""
