"""Run the pipeline on an AWS of this machine's own, to try it and to test it; never shipped to Lambda.

Start at `cloud`: the class `LocalCloud` starts, deploys to and stops a local cloud.
"""
