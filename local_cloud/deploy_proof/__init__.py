"""Prove on a local cloud what a deployment to AWS promises, under an operator's permissions. Started as `python -m local_cloud.deploy_proof`.

The real CDK command line deploys, updates, rolls back, removes and deploys again, while the emulator
speaks TLS and looks at the policies of each role. docs/testing.md says how to read its output.
"""
