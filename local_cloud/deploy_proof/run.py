"""Deploy, update, break, remove and deploy again, and look after each step what holds. Started as `python -m local_cloud.deploy_proof`."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.inventory import (
    deployed_names,
    existing_settings,
    inventory,
    named,
    only_left,
    retained,
)
from local_cloud.deploy_proof.operating import (
    in_vain,
    needed_by_functions,
    operate,
    refused_unasked,
)
from local_cloud.deploy_proof.operator import ACCOUNT_STACKS, STACKS, Operator
from local_cloud.deploy_proof.orders import Orders
from local_cloud.deploy_proof.removed_statements import (
    REMOVED,
    REMOVED_FROM_ANALYTICS,
    refused_without,
    without_statement,
)
from local_cloud.deploy_proof.steps import Broken, ProofSteps, hold, wait_until
from local_cloud.deploy_proof.variants import BROKEN_WORDS, NEW_INDEX, NEW_WORDS, Variants
from local_cloud.deploy_proof.working_copy import STAGE
from local_cloud.environment import ACCOUNT, REGIONS
from ordercast.operations.target import deployed

SHORT, LONG = timedelta(minutes=2), timedelta(minutes=10)
"""How long a command may take that reads, and one that changes."""

PARKED = b'{"order_id": "proof-unusable", "channel": 7}'
FEW = 10  # orders
LOOKS = 6
"""So often `verify` may find changes on their way; each look takes the stage's second_look and more."""


@dataclass(slots=True, kw_only=True)
class DeployProof:
    """One run on a local cloud; `steps` shows how far it came."""

    cloud: LocalCloud
    steps: ProofSteps
    operator: Operator = field(init=False)
    orders: Orders = field(init=False)
    before: set[str] = field(init=False)
    removed: dict[str, set[str]] = field(default_factory=dict)
    _synthesised: dict[str, Future[Path]] = field(default_factory=dict)

    def run(self) -> None:
        """Run all steps; raises what breaks first."""
        with self.steps.step("make the operator's role from docs/operator-policy.json"):
            self.operator = Operator.of(self.cloud)
        with self._synthesising() as (pool, variants):
            self._deploy_and_send()
            self._update()
            self._synthesise_again(pool, variants)
            self._fail()
            self._operate()
            self._miss_statements()
            self._deploy_again(self._remove())
            self._remove_temporary()
        self._remove_account()

    @contextmanager
    def _synthesising(self) -> Iterator[tuple[ThreadPoolExecutor, Variants]]:
        """Synthesise what does not depend on a deployment, one after the other, beside the first steps."""
        variants = Variants(folder=self.cloud.folder / "copies", operator=self.operator)
        with ThreadPoolExecutor(1) as pool:
            for each in (variants.first, variants.updated, variants.broken, variants.temporary):
                self._synthesised[each.__name__] = pool.submit(each)
            try:
                yield pool, variants
            finally:
                pool.shutdown(cancel_futures=True)

    def _synthesise_again(self, pool: ThreadPoolExecutor, variants: Variants) -> None:
        """Synthesise what uses the tables, key, bucket and identity of now, beside the next steps."""
        names = retained(self.cloud, self._synthesised["updated"].result())
        existing = existing_settings(self.cloud, names)
        self._synthesised["again"] = pool.submit(variants.again, existing)

    def _deploy_and_send(self) -> None:
        with self.steps.step("bootstrap the CDK"):
            targets = [f"aws://{ACCOUNT}/{region}" for region in REGIONS]
            self.operator.cdk("bootstrap", *targets, within=LONG)
        with self.steps.step("synthesise the app"):
            first = self._synthesised["first"].result()
        with self.steps.step("deploy the account's stacks in both Regions, then the stage"):
            self._deploy(first, ACCOUNT_STACKS)
            self.before = inventory(self.cloud)
            self._deploy(first)
        with self.steps.step("open the channels of the new stage"):
            opening = ("resume", "--why", "unopened", "--all", "--reason", "proof")
            self.operator.ordercast(*opening, within=SHORT)
        with self.steps.step(f"{FEW} orders are each written once by text and e-mail") as step:
            self.orders = Orders(self.operator, self._stream())
            self.orders.put_some(FEW)
            self.orders.all_written_once()
            step.notes.append(self._verified())
        with self.steps.step("diff is empty twice, and a second deployment changes nothing"):
            for _ in range(2):
                self._diff(first)
            unchanged = self._deploy(first).count("(no changes)")
            hold(unchanged == len(_stacks(first)), f"{unchanged} stacks had no changes")

    def _update(self) -> None:
        updated = self._synthesised["updated"].result()
        before = retained(self.cloud, self._synthesised["first"].result())
        with self.steps.step("update code, an index and a setting while orders flow") as step:
            begun = len(self.orders.put)
            with self.orders.flowing():
                wait_until(lambda: len(self.orders.put) > begun, within=30, why="an order is put")
                self._deploy(updated)
            self.orders.put_some(FEW)
            self.orders.all_written_once()
            self._told_as(NEW_WORDS)
            after = retained(self.cloud, updated)
            replaced = [each for each in before if before[each] != after[each]]
            hold(not replaced, f"replaced: {replaced}")
            hold(NEW_INDEX in self._indexes(after), f"the ledger has no index {NEW_INDEX}")
            step.notes.append(f"{len(self.orders.put) - begun} orders meanwhile")
            step.notes.append(self._verified())
            self._diff(updated)

    def _fail(self) -> None:
        broken = self._synthesised["broken"].result()
        with self.steps.step("an update that fails is rolled back while orders flow"):
            with self.orders.flowing():
                self._deploy(broken, fails=True)
            name = f"Ordercast-{STAGE}-Pipeline"
            client = client_of("cloudformation", endpoint=self.cloud.endpoint)
            status = client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            hold(status == "UPDATE_ROLLBACK_COMPLETE", f"{name} is {status}")
            self.orders.put_some(FEW)
            self.orders.all_written_once()
            self._told_as(NEW_WORDS)
            self._verified()

    def _operate(self) -> None:
        with self.steps.step("each command of an operator works"):
            self._park()
            operate(self.operator, deployed(STAGE))

    def _miss_statements(self) -> None:
        with self.steps.step(f"{len(REMOVED)} statements are taken from deployed roles and missed"):
            for role, action in REMOVED:
                missing = refused_without(self.cloud, self.orders, role, action)
                self.removed[role] = self.removed.get(role, set()) | missing
            self.orders.all_written_once()
            self._verified()
        with self.steps.step(
            "what analytics could not count, an operator counts by verify --repair"
        ):
            with without_statement(self.cloud, *REMOVED_FROM_ANALYTICS):
                self.orders.put_some(FEW)
                self.orders.all_written_once()
                self.operator.ordercast("verify", "--repair", "--scan", within=SHORT)
            self._verified()

    def _remove(self) -> dict[str, str]:
        """Remove the stage with something parked; returns the names of what stays."""
        updated = self._synthesised["updated"].result()
        with self.steps.step("destroy leaves what is retained, a parked record included") as step:
            self._park()
            names = retained(self.cloud, updated)
            bucket = deployed(STAGE).names.parked_bucket
            needed, total = needed_by_functions(self.cloud)
            step.notes.append(
                f"this run's calls needed {needed} of {total} statements of functions"
            )
            self.operator.ordercast("parked", "empty", "--yes", within=SHORT)
            self._destroy(updated)
            left = inventory(self.cloud) - self.before
            step.notes.append(f"{len(names)} resources stay")
            only_left(left, names)
            hold(self._parked(bucket), "the parked record is gone")
        return names

    def _deploy_again(self, names: dict[str, str]) -> None:
        with self.steps.step("deploy again over the tables, key, bucket and identity that stayed"):
            again = self._synthesised["again"].result()
            self._deploy(again)
            written = self.orders.written()
            old = Orders(self.operator, self._stream())
            old.put_some(FEW)  # numbered from 1: the same orders as the first
            self.orders.stream = old.stream
            self.orders.put_some(FEW)
            self.orders.all_written_once()
            hold(
                all(self.orders.written()[each] == times for each, times in written.items()),
                "an order that the ledger knows was written again",
            )
            self._verified()
            self._diff(again)
        with self.steps.step("destroy again leaves what was named as it was"):
            new = retained(self.cloud, again)
            self._destroy(again)
            both = {**names, **{f"again {each}": name for each, name in new.items()}}
            only_left(inventory(self.cloud) - self.before, both)

    def _remove_temporary(self) -> None:
        app = self._synthesised["temporary"].result()
        data = f"Ordercast-{STAGE}-Data"
        with self.steps.step(
            "a stage that keeps nothing goes with what is parked, once that is deleted"
        ):
            before = inventory(self.cloud)
            self._deploy(app, data)
            s3 = client_of("s3", endpoint=self.cloud.endpoint)
            bucket = named(deployed_names(self.cloud, data), "AWS::S3::Bucket ")
            s3.put_object(Bucket=bucket, Key="parked/x", Body=PARKED)
            self._destroy(app, data, fails=True)
            hold(self._parked(bucket), "the parked record is gone")
            self.operator.ordercast("parked", "empty", "--yes", within=SHORT)
            self._destroy(app, data)
            # Not what has gone: the emulator gives names again, those of retained tables too.
            left = inventory(self.cloud) - before
            hold(not left, f"left though nothing is retained: {sorted(left)[:5]}")

    def _remove_account(self) -> None:
        with self.steps.step("destroy the account's stacks"):
            first = self._synthesised["first"].result()
            words = ("destroy", "--force", "--exclusively", ACCOUNT_STACKS, "--app", str(first))
            self.operator.cdk(*words, within=LONG)
        with self.steps.step("nothing was refused by mistake, nor allowed in vain to the operator"):
            vain = in_vain(self.cloud)
            hold(not vain, f"allowed in vain: {', '.join(vain)}")
            unasked = refused_unasked(self.cloud, self.removed)
            hold(not unasked, f"refused, though nothing was removed: {unasked[:3]}")

    def _deploy(self, app: Path, which: str = STACKS, *, fails: bool = False) -> str:
        words = ("deploy", "--exclusively", which, "--app", str(app), "--require-approval", "never")
        return self.operator.cdk(*words, within=LONG, fails=fails)

    def _destroy(self, app: Path, which: str = STACKS, *, fails: bool = False) -> None:
        cloudformation = self.operator.client("cloudformation")
        cloudformation.update_termination_protection(
            StackName=f"Ordercast-{STAGE}-Data", EnableTerminationProtection=False
        )
        words = ("destroy", "--force", which, "--app", str(app))
        self.operator.cdk(*words, within=LONG, fails=fails)

    def _diff(self, app: Path) -> None:
        self.operator.cdk("diff", "--fail", "--exclusively", STACKS, "--app", str(app), within=LONG)

    def _stream(self) -> str:
        return deployed(STAGE).names.orders_stream

    def _verified(self) -> str:
        """Compare as an operator does, again while the last changes are being counted."""
        for attempt in reversed(range(LOOKS)):
            try:
                self.operator.ordercast("verify", within=SHORT)
            except Broken:
                if not attempt:
                    raise
            else:
                break
        return "verify is clean"

    def _told_as(self, words: str) -> None:
        *_, last = (each for each in self.orders.messages if each.channel == "email")
        hold(words in last.html and BROKEN_WORDS not in last.html, f"the last e-mail lacks {words}")

    def _indexes(self, names: dict[str, str]) -> list[str]:
        dynamodb = client_of("dynamodb", endpoint=self.cloud.endpoint)
        table = dynamodb.describe_table(TableName=named(names, "LedgerTable"))["Table"]
        return [each["IndexName"] for each in table["GlobalSecondaryIndexes"]]

    def _park(self) -> None:
        """Put a record that cannot be used, and wait until it is parked."""
        before = self._parked(bucket := deployed(STAGE).names.parked_bucket)
        self.operator.client("kinesis").put_records(
            StreamName=self.orders.stream, Records=[{"PartitionKey": "x", "Data": PARKED}]
        )
        wait_until(lambda: self._parked(bucket) > before, within=60, why="the record is parked")

    def _parked(self, bucket: str) -> int:
        s3 = client_of("s3", endpoint=self.cloud.endpoint)
        return int(s3.list_objects_v2(Bucket=bucket, Prefix="parked/")["KeyCount"])


def _stacks(app: Path) -> list[Path]:
    return list(app.glob(f"Ordercast-{STAGE}-*.template.json"))
