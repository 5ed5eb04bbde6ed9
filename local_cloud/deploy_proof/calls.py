"""Read which calls the emulator judged, and whether it allowed them. Used by `run`."""

from collections.abc import Collection, Mapping

from msgspec import Struct, json

from local_cloud.cloud import LocalCloud

_LOG = "logs/authorised-calls.jsonl"


class Call(Struct, frozen=True, kw_only=True):
    """A kind of call that a session of a role made; *context* are condition keys."""

    role: str
    action: str
    resource: str
    context: Mapping[str, str]
    allowed: bool


def judged(cloud: LocalCloud) -> list[Call]:
    """Return each kind of call so far: once where it was allowed, every time where it was refused."""
    path = cloud.folder / _LOG
    return json.Decoder(Call).decode_lines(path.read_bytes()) if path.exists() else []


def refused(cloud: LocalCloud, role: str, actions: Collection[str]) -> int:
    """Count how often one of *actions* was refused to the role whose name has *role* in it."""
    return sum(
        not each.allowed and role in each.role and each.action in actions for each in judged(cloud)
    )
