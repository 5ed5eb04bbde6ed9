"""Share the tests out to workers; those that share something slow stay together. Used by `make test`."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {"tests/cloud/": "cloud", "tests/pipeline/": "synthesis", "tests/long_day/": "long day"}
"""By folder, what its tests share: a local cloud, the synthesised stages, a day."""

APART = frozenset(
    {
        "tests/cloud/emulator/test_emulator.py",
        "tests/cloud/emulator/test_shutdown.py",
        "tests/cloud/emulator/test_isolation.py",
        "tests/pipeline/bundling/test_offline.py",
    }
)
"""Files there whose tests share nothing."""


class Workers(LoadScopeScheduling):
    """Hands out groups of tests that stay together, the largest first, and then single tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return what is the same for tests that one worker has to run."""
    file = nodeid.partition("::")[0]
    groups = [group for folder, group in TOGETHER.items() if file.startswith(folder)]
    return groups[0] if groups and file not in APART else nodeid
