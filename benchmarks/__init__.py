"""The real functions over a stand-in for AWS in, what a batch of orders takes out."""
