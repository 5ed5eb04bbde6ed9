"""Lambda entry points of the flow: read the AWS event, call a workflow, answer."""
