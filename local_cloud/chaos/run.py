"""Deploy, let orders flow, throw faults, wait for rest and judge. Used by `make chaos` and its test."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import boto3
from rich.console import Console

from local_cloud.chaos.fault_proxy import FaultProxy
from local_cloud.chaos.flow import ChaosOrder, orders, put_all
from local_cloud.chaos.report import ChaosOutcome
from local_cloud.chaos.rest import Observation, wait_for_rest
from local_cloud.chaos.thrower import Thrower
from local_cloud.cloud import LocalCloud
from local_cloud.demo.comparison import CLOUDWATCH, ROLLUPS, SIMULATOR
from local_cloud.demo.independent_counts import IndependentCounts
from local_cloud.deploy_proof.working_copy import WorkingCopy
from local_cloud.deployment import Progress
from local_cloud.provider_simulator.server import server_on
from local_cloud.supervisor.supervisor import listen
from ordercast.cli.local.clouds import local_target
from ordercast.cli.output.progress import status_line
from ordercast.producer import Producer

SETTINGS = {"sms_provider_by_country": '"AU sms-voice"', "receipt_timeout": '"15 min"'}
"""In what the stage differs from the local cloud's: both providers of texts are used, and an e-mail in
doubt has more time to be sent again, since the sweeper and the receipts are held up, too."""

SWEEPER_TIMEOUT = ('groups = 1\ntimeout = "20 s"', 'groups = 1\ntimeout = "50 s"')
"""As deployed: of 20 s a cold start and one slow round leave no time for a second one."""

MOST = 0.9
"""The share of the messages that are sent before the faults are lifted, if they can be."""

REST = timedelta(minutes=15)
"""The longest wait for rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosRun:
    """Throws faults by *seed* while so many orders flow over so many *seconds*."""

    orders: int
    seed: int
    seconds: float
    console: Console

    def __call__(self, cloud: LocalCloud, proxy: FaultProxy) -> ChaosOutcome:
        """Run on a deployed cloud whose functions call through the proxy; it is at rest afterwards."""
        began, target = datetime.now(UTC), local_target(cloud)
        made = list(orders(self.orders, seed=self.seed))
        seen = Observation(cloud=cloud, target=target, began=began)
        thrower = Thrower(cloud=cloud, proxy=proxy, chance=Random(self.seed))  # noqa: S311 - no secret
        with status_line(self.console) as show, throwing(thrower):

            def look(put: int) -> None:
                cloud.check()
                show(f"orders put {put:,}/{len(made):,} · messages sent {seen.new_messages():,}")

            unreadable = put_all(
                made,
                Producer(client=boto3.client("kinesis"), stream=target.names.orders_stream),
                seconds=self.seconds,
                chance=Random(self.seed),  # noqa: S311
                look=look,
            )
            self._send_most(seen, made, look)
        flowed = datetime.now(UTC) - began
        thrown = all_thrown(thrower)
        explaining = thrown + by_service(proxy) + by_provider_kind(thrower)
        rest = wait_for_rest(seen, made, explaining, within=REST)
        counts = IndependentCounts.of(cloud, target, since=_hour(began))
        counts.new_messages()
        compared = counts.compare([]).counts
        return ChaosOutcome(
            orders=len(made),
            seed=self.seed,
            thrown=thrown,
            rest=rest,
            parked=seen.parked(),
            unreadable=unreadable,
            counts={who: compared[who] for who in (SIMULATOR, ROLLUPS, CLOUDWATCH)},
            flowed=flowed,
        )

    def _send_most(
        self, seen: Observation, made: Sequence[ChaosOrder], look: Callable[[int], None]
    ) -> None:
        """Wait, while faults are thrown, until most messages are with the providers; twice as long as it took to put."""
        most = MOST * sum(len(each.channels) for each in made)
        limit = time.monotonic() + 2 * self.seconds
        while seen.new_messages() < most and time.monotonic() < limit:
            look(len(made))
            time.sleep(1.0)


@contextmanager
def throwing(thrower: Thrower) -> Iterator[None]:
    """Throw while a block runs; at its end every fault is lifted."""
    thread = threading.Thread(target=thrower.run, daemon=True, name="thrower")
    thread.start()
    try:
        yield
    finally:
        thrower.end()
        thread.join(timeout=60)
        thrower.end()  # what was thrown meanwhile


@contextmanager
def cloud_with_proxy(
    name: str, seed: int, *, progress: Progress
) -> Iterator[tuple[LocalCloud, FaultProxy]]:
    """Start a local cloud whose functions call through a proxy, and deploy to it."""
    proxy = FaultProxy(chance=Random(seed))  # noqa: S311 - no secret
    server = server_on(listen(), proxy)
    threading.Thread(target=server.serve_forever, daemon=True, name="fault-proxy").start()
    between = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with LocalCloud.start(name, another=True, between=between, progress=progress) as cloud:
            proxy.emulator, proxy.simulator = cloud.endpoint, cloud.provider_endpoint
            cloud.deploy(progress=progress, root=changed_copy(cloud.folder / "copy"))
            yield cloud, proxy
    finally:
        server.shutdown()
        server.server_close()


def changed_copy(root: Path) -> Path:
    """Copy the sources, with the stage's settings of a chaos run."""
    copy = WorkingCopy.of(root, "local")
    copy.set(**SETTINGS)
    copy.change("stages/local.toml", *SWEEPER_TIMEOUT)
    return copy.root


def all_thrown(thrower: Thrower) -> Counter[str]:
    """Count everything that was thrown, by kind."""
    found = Counter(thrower.thrown)
    found.update({f"service: {kind}": n for kind, n in _by_trouble(thrower.proxy).items()})
    for each in thrower.control.show().met:
        found[f"provider: {each.kind}"] += each.calls
    return found


def by_service(proxy: FaultProxy) -> Counter[str]:
    """Count the calls that the proxy failed, by service."""
    found: Counter[str] = Counter()
    for (_, service), times in proxy.thrown.items():
        found[service] += times
    return found


def by_provider_kind(thrower: Thrower) -> Counter[str]:
    """Count the calls that met a provider's faults, by the fault."""
    found: Counter[str] = Counter()
    for each in thrower.control.show().met:
        found[each.kind] += each.calls
    return found


def _by_trouble(proxy: FaultProxy) -> Counter[str]:
    found: Counter[str] = Counter()
    for (trouble, _), times in proxy.thrown.items():
        found[trouble] += times
    return found


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
