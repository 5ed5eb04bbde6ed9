"""The CDK app: stacks, constructs, bundling and the reading of stages."""
