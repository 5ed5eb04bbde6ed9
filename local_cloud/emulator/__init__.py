"""Ministack, pinned: AWS API calls come in over loopback HTTP, answers go out, with what it lacks added.

Runs in an environment of its own (`requirements.txt` beside this file, made
from `requirements.in`), so nothing here may import more than the standard
library, ministack and `local_cloud.lifeline`.
"""
