"""Play a loss and what an operator does about it, and look after each step what holds. Started as `python -m local_cloud.drill_restore`."""

import re
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.operating import refused_unasked
from local_cloud.deploy_proof.operator import ACCOUNT_STACKS, ROLE, STACKS, Operator
from local_cloud.deploy_proof.orders import CHANNELS, LATEST, Orders
from local_cloud.deploy_proof.steps import Broken, ProofSteps, hold, wait_until
from local_cloud.deploy_proof.variants import Variants
from local_cloud.deploy_proof.working_copy import STAGE
from local_cloud.drill_restore.tables import (
    PIPELINE,
    Backups,
    backed_up,
    existing_tables,
    exports_in_use,
    in_vain,
    lose,
    restored,
)
from local_cloud.environment import ACCOUNT, CHECKOUT, REGIONS
from ordercast.operations.target import deployed

POLICY = CHECKOUT / "docs/restoring-policy.json"
SHORT, LONG = timedelta(minutes=2), timedelta(minutes=10)
"""How long a command may take that reads, and one that changes."""

NOT_JUDGED = {"WriteWhatIsRestored", "EncryptWhatIsRestored"}
"""The statements for what AWS asks of who restores a table, and the emulator does not."""

FEW = 10  # orders
PAUSE = 1.0  # seconds between two orders of a flow
A_SECOND_LATER = 2.0  # seconds: the fence is written to the second
A_MINUTE = 70.0  # seconds in which the sweeper runs, and the relay tries again
LOOKS = 6
"""So often `verify` may find changes on their way."""


@dataclass(slots=True, kw_only=True)
class RestoreDrill:
    """One run on a local cloud; `between` is the time from the backup to the loss.

    With *ends* what waits at the end is ended by the operator and else sent. `late` and `held` are
    messages, as order and channel: put after the loss, and waiting for the operator.
    """

    cloud: LocalCloud
    steps: ProofSteps
    between: timedelta
    ends: bool
    operator: Operator = field(init=False)
    orders: Orders = field(init=False)
    backups: Backups = field(init=False)
    lost_at: datetime = field(init=False)
    late: set[tuple[str, str]] = field(init=False)
    held: set[tuple[str, str]] = field(init=False)

    def run(self) -> None:
        """Run all steps; raises what breaks first."""
        with self.steps.step("make the operator's role, with docs/restoring-policy.json"):
            self.operator = Operator.of(self.cloud)
            client_of("iam", endpoint=self.cloud.endpoint).put_role_policy(
                RoleName=ROLE, PolicyName="restoring", PolicyDocument=POLICY.read_text()
            )
        variants = Variants(folder=self.cloud.folder / "copies", operator=self.operator)
        self._deploy_first(variants)
        self._lose()
        self._restore(variants)
        self._replay()
        self._decide()
        self._compare()

    def _deploy_first(self, variants: Variants) -> None:
        with self.steps.step("bootstrap the CDK, and synthesise the app beside it"):
            with ThreadPoolExecutor(1) as pool:
                first: Future[Path] = pool.submit(variants.first)
                targets = [f"aws://{ACCOUNT}/{region}" for region in REGIONS]
                self.operator.cdk("bootstrap", *targets, within=LONG)
            app = first.result()
        with self.steps.step("deploy the account's stack, then the stage, and open its channels"):
            self._deploy(app, ACCOUNT_STACKS)
            self._deploy(app, STACKS)
            self._say("resume", "--why", "unopened", "--all", "--reason", "drill")
        with self.steps.step(f"{FEW} orders are each told once by text and e-mail") as step:
            self.orders = Orders(self.operator, deployed(STAGE).names.orders_stream)
            self.orders.put_some(FEW)
            self.orders.all_written_once()
            step.notes.append(self._verified())

    def _lose(self) -> None:
        minutes = self.between / timedelta(minutes=1)
        name = (
            f"{minutes:g} minutes of orders, told and with receipts, after the tables are backed up"
        )
        with self.steps.step(name) as step:
            begun = len(self.orders.put)
            with self.orders.flowing(PAUSE):
                wait_until(lambda: len(self.orders.put) > begun, within=30, why="an order is put")
                self.backups = backed_up(self.cloud)
                threading.Event().wait(self.between.total_seconds())
            self.orders.all_written_once()
            step.notes.append(f"{len(self.orders.put) - begun} orders")
        with self.steps.step(
            "the ledger is deleted while texts are paused and orders flow"
        ) as step:
            self._say("pause", "--channel", "sms", "--reason", "drill")
            paused = self.orders.put_some(FEW)
            emails = {(order, "email") for order in paused}
            wait_until(
                lambda: emails <= self.orders.written().keys(), within=60, why="e-mails are sent"
            )
            with self.orders.flowing(PAUSE):
                self.orders.put_some(FEW)
                self.lost_at = lose(self.cloud, self.backups.names["ledger"])
                threading.Event().wait(A_SECOND_LATER)
                before = len(self.orders.put)
                wait_until(
                    lambda: len(self.orders.put) >= before + FEW, within=60, why="orders are put"
                )
            self.late = {(each, c) for each in self.orders.put[before:] for c in CHANNELS}
            step.notes.append(f"{len(self._missing())} messages not sent yet")

    def _restore(self, variants: Variants) -> None:
        with self.steps.step("restore both tables under other names, and switch on what they lack"):
            tables = restored(self.operator, self.backups)
        with self.steps.step("ordercast restore begin") as step:
            said = self._say(
                *("restore", "begin", tables["ledger"]["TableName"], "--reason", "drill"),
                *("--lost-at", _written(self.lost_at), "--restored-to", self._restored_to),
            )
            settled = _number(said, r"receipts: ([\d,]+) notification")
            step.notes.append(f"{settled} notifications settled by their receipts")
        with self.steps.step("synthesise the stage with existing_tables"):
            app = variants.restored({"existing_tables": existing_tables(tables)})
        with self.steps.step(
            "deploy the pipeline, which lets go of the lost table, then the stage"
        ):
            hold(exports_in_use(self.cloud, app), "the pipeline need not be deployed first")
            self._deploy(app, PIPELINE)
            in_use = exports_in_use(self.cloud, app)
            hold(not in_use, f"CloudFormation would refuse to remove {in_use}")
            self._deploy(app, STACKS)
            found = deployed(STAGE).names.ledger_table
            hold(found == tables["ledger"]["TableName"], f"the stage uses {found}")

    def _replay(self) -> None:
        with self.steps.step("nothing is sent before the replay"):
            before = sum(self.orders.written().values())
            threading.Event().wait(A_MINUTE)
            sent = sum(self.orders.written().values()) - before
            hold(not sent, f"{sent} messages were sent")
        with self.steps.step("ordercast restore replay") as step:
            said = self._say("restore", "replay", "--restored-to", self._restored_to)
            step.notes += [each for each in said.splitlines() if each.strip()]
            waiting = _number(said, r"([\d,]+) messages? waiting")
        with self.steps.step(
            "what was put after the loss is sent without an operator's word"
        ) as step:
            wait_until(lambda: not self.late & self._missing(), within=180, why="all are told")
            self.held = self._missing()
            hold(len(self.held) == waiting, f"{len(self.held)} are not told, but {waiting} wait")
            step.notes.append(f"{len(self.late)} messages; {waiting} wait for the operator")

    def _decide(self) -> None:
        if self.ends:
            with self.steps.step("ordercast restore end: what waits is not sent") as step:
                said = self._say("restore", "end", "--reason", "the drill", "--yes")
                ended = _number(said, r"sent: ([\d,]+) notification")
                hold(ended == len(self.held), f"{ended} of {len(self.held)} were ended")
                threading.Event().wait(A_MINUTE)
                hold(self._missing() == self.held, "what was ended was sent")
                step.notes.append(f"{ended} notifications")
        else:
            with self.steps.step("ordercast restore release: what waits is sent") as step:
                self._say("restore", "release", "--reason", "the drill", "--yes")
                wait_until(lambda: not self._missing(), within=180, why="all are told")
                step.notes.append(f"{len(self.held)} messages")
        with self.steps.step("no provider got a message twice, and every order has its message"):
            self.orders.put_some(FEW)
            self._told_once()

    def _compare(self) -> None:
        with self.steps.step("verify --scan --repair, then verify is clean") as step:
            self._verified("--scan", "--repair")
            step.notes.append(self._verified())
        with self.steps.step("nothing was refused by mistake, nor allowed in vain for restoring"):
            # A role names the new tables a moment before its function does.
            old = tuple(self.backups.names.values())
            unasked = [
                each for each in refused_unasked(self.cloud, {}) if not each.resource.endswith(old)
            ]
            hold(not unasked, f"refused: {unasked[:3]}")
            vain = in_vain(self.cloud, POLICY) - NOT_JUDGED
            hold(not vain, f"allowed in vain: {vain}")

    def _deploy(self, app: Path, which: str) -> None:
        words = ("deploy", "--exclusively", which, "--app", str(app), "--require-approval", "never")
        self.operator.cdk(*words, within=LONG)

    def _say(self, *words: str) -> str:
        return self.operator.ordercast(*words, within=SHORT)

    @property
    def _restored_to(self) -> str:
        return _written(self.backups.at)

    def _missing(self) -> set[tuple[str, str]]:
        """Return what was not sent yet, by order and channel."""
        wanted = {(order, channel) for order in self.orders.put for channel in CHANNELS}
        return wanted - self.orders.written().keys()

    def _told_once(self) -> None:
        """Wait until all is sent but what was ended, and then a little; raises `Broken`."""
        never = self.held if self.ends else set()
        wait_until(lambda: self._missing() == never, within=180, why="all are told")
        threading.Event().wait(LATEST.total_seconds())
        twice = [each for each, times in self.orders.written().items() if times > 1]
        hold(not twice, f"{len(twice)} messages were sent twice, first {twice[:3]}")

    def _verified(self, *words: str) -> str:
        """Compare as an operator does, again while the last changes are being counted."""
        for attempt in range(1, LOOKS + 1):
            try:
                self._say("verify", *words)
            except Broken:
                if attempt == LOOKS:
                    raise
            else:
                break
        return f"verify is clean at look {attempt}"


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def _number(said: str, pattern: str) -> int:
    """Return the number that a command said; raises `Broken` if it said none."""
    found = re.search(pattern, said)
    hold(found, f"{pattern} is not in: {said:.200}")
    return int(found[1].replace(",", "")) if found else 0
