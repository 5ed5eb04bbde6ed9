"""Act as an operator: a role that may do what docs/operator-policy.json says, and nothing else. Used by `run`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.deploy_proof.steps import Broken, hold
from local_cloud.deploy_proof.working_copy import STAGE, WorkingCopy
from local_cloud.deployment import cdk_command, tool_environment
from local_cloud.environment import ACCOUNT, CHECKOUT, REGION
from local_cloud.supervisor.attached_run import AttachedRun
from local_cloud.supervisor.state import CloudFolder

POLICY = CHECKOUT / "docs/operator-policy.json"
ROLE = "ordercast-operator"
STACKS = f"Ordercast-{STAGE}-*"
ACCOUNT_STACKS = "Ordercast-Account*"

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator's session on a local cloud."""

    cloud: LocalCloud
    session: dict[str, str]

    @classmethod
    def of(cls, cloud: LocalCloud) -> "Operator":
        """Let the account's root make the role, and assume it."""
        iam = client_of("iam", endpoint=cloud.endpoint)
        role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName=ROLE, PolicyName="operator", PolicyDocument=POLICY.read_text())
        sts = client_of("sts", endpoint=cloud.endpoint)
        made = sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="proof")["Credentials"]
        return cls(
            cloud=cloud,
            session={
                "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
                "AWS_SESSION_TOKEN": made["SessionToken"],
            },
        )

    def client(self, service: str) -> Any:  # noqa: ANN401 - stubs are chosen by literals
        """Make a client that acts as the operator."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.cloud.endpoint,
            region_name=REGION,
            aws_access_key_id=self.session["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.session["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.session["AWS_SESSION_TOKEN"],
        )

    def synthesise(self, copy: WorkingCopy, to: Path) -> Path:
        """Synthesise the stage of a working copy, for a deployment."""
        words = ("synth", "--quiet", "-c", f"stage={STAGE}", "-c", "deploying=true", "-o", str(to))
        self.cdk(*words, copy=copy, within=timedelta(minutes=10))
        return to

    def cdk(
        self, *words: str, copy: WorkingCopy | None = None, within: timedelta, fails: bool = False
    ) -> str:
        """Run a command of the CDK, and return what it printed.

        Raises `Broken` unless it ends *within* that time with status 0, or with another when it *fails*.
        """
        # Where no app is: in the checkout `cdk bootstrap` would synthesise it before.
        root = copy.root if copy else self.cloud.folder
        command = cdk_command(CHECKOUT, *words)
        return self._run(command, f"cdk-{words[0]}", cwd=root, within=within, fails=fails)

    def ordercast(self, *words: str, within: timedelta, fails: bool = False) -> str:
        """Run a command of `ordercast` on the stage, and return what it printed; raises `Broken`."""
        command = [str(Path(sys.executable).parent / "ordercast"), *words, "--stage", STAGE]
        return self._run(command, f"ordercast-{words[0]}", cwd=CHECKOUT, within=within, fails=fails)

    def _run(
        self, command: Sequence[str], name: str, *, cwd: Path, within: timedelta, fails: bool
    ) -> str:
        folder = CloudFolder(path=self.cloud.folder)
        log = folder.log(name)
        begins = log.stat().st_size if log.exists() else 0
        env = tool_environment(CHECKOUT, folder, self.cloud.endpoint) | self.session
        with (
            log.open("a") as output,
            AttachedRun(command, env=env, cwd=cwd, output=output) as run,
        ):
            code = run.wait(within=within.total_seconds())
        with log.open("rb") as written:
            written.seek(begins)
            printed = written.read().decode()
        self.cloud.check()
        what = " ".join([Path(command[0]).name, *command[1:]])
        hold(code is not None, f"{what} did not end within {within}")
        if (code != 0) != fails:
            last = "; ".join(printed.strip().splitlines()[-3:])
            raise Broken(f"status {code} of {what}: {last}; log: {log}")
        return printed
