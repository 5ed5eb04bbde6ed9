"""Emulate the AWS APIs: ministack, pinned, with patches for what it lacks. Started by the supervisor.

Runs in an environment of its own (`pyproject.toml` beside this file), so all modules but `command`
import only the standard library, ministack and `local_cloud.supervisor.parent_watch`.
"""
