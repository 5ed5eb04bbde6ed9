"""Find a running local cloud and the pipeline on it. Used by every command on stage `local`."""

from local_cloud.cloud import LocalCloud
from ordercast.operations.command_name import command_name
from ordercast.operations.target import LOCAL_STAGE, Target, deployed
from ordercast.usage_error import UsageError


def target_on(name: str | None) -> Target:
    """Return the pipeline on the local cloud of that name, or on the only one."""
    return local_target(running_cloud(name))


def running_cloud(name: str | None) -> LocalCloud:
    """Return the local cloud of that name, or the only one there is."""
    running = LocalCloud.running()
    chosen = [cloud for cloud in running if name in {None, cloud.name}]
    if len(chosen) == 1:
        return chosen[0]
    # A cloud that has ended says why.
    for cloud in () if chosen else LocalCloud.ended():
        if name in {None, cloud.name} and (failure := cloud.failure()):
            raise failure
    names = ", ".join(cloud.name for cloud in running)
    if not running:
        raise UsageError("no local cloud is running", hint=f"start one: {command_name()} up")
    if not chosen:
        raise UsageError(f"no local cloud is called {name}", hint=f"running: {names}")
    raise UsageError("several local clouds are running", hint=f"choose with --cloud: {names}")


def local_target(cloud: LocalCloud) -> Target:
    """Return the pipeline on a local cloud; from now on this process talks to that cloud only."""
    cloud.adopt_environment()
    return deployed(LOCAL_STAGE)
