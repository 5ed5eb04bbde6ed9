"""The CloudFormation stacks of a stage, and what they are composed of. Used by app.py."""
