"""Synthesise the CloudFormation templates of one stage. Started by the CDK command line.

`-c stage=NAME` names the stage; without it, cdk.json does (dev). Its settings stand in
stages/NAME.toml, over stages/default.toml.
"""

import sys

from aws_cdk import App, Environment, Stack, Tags

from ordercast.settings.stage import AccountSettings, StageSettings
from ordercast.settings.texts import SNS, named_providers
from pipeline.bundling.bundle import NotInstalled
from pipeline.settings.files import BadStage, read_account, read_stage
from pipeline.settings.templates import BadTemplates, refuse_faults
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stacks.observability import ObservabilityStack
from pipeline.stacks.pipeline import PipelineStack
from pipeline.stacks.second_region import SecondRegionStack


def main() -> None:
    """Synthesise; exits 1 with a line for each template that cannot be used, or for the settings."""
    app = App()
    try:
        compose(app)
    except (BadStage, BadTemplates, NotInstalled) as error:
        sys.exit(str(error))
    app.synth()


def compose(app: App) -> None:
    """Add the stacks of one stage.

    Raises `BadStage` when its settings cannot be used, `BadTemplates` when a message could not be
    rendered as it should, `NotInstalled` when there is nothing to bundle.
    """
    refuse_faults()
    stage = read_stage(app.node.try_get_context("stage"))
    shared = read_account()
    env = Environment(region=stage.region or None)
    account = AccountStack(app, "Ordercast-Account", env=env, account=shared, stage=stage)
    name = f"Ordercast-{stage.name}"
    data = DataStack(app, f"{name}-Data", env=env, stage=stage)
    pipeline = PipelineStack(
        app, f"{name}-Pipeline", env=env, stage=stage, data=data, account=account
    )
    observability = ObservabilityStack(
        app,
        f"{name}-Observability",
        env=env,
        stage=stage,
        data=data,
        pipeline=pipeline,
        account=account,
    )
    _tag(account, stage="account", owner=shared.owner)
    for stack in (data, pipeline, observability, *_second_region(app, pipeline, shared, stage)):
        _tag(stack, stage=stage.name, owner=stage.owner)


def _second_region(
    app: App, pipeline: PipelineStack, shared: AccountSettings, stage: StageSettings
) -> list[Stack]:
    """Add what the stage has in a second Region; it is there before the functions that use it."""
    region = stage.second_region.region
    if not region:
        return []
    env = Environment(region=region)
    account = _account_there(app, env, shared, stage) if SNS in named_providers(stage) else None
    name = f"Ordercast-{stage.name}-SecondRegion"
    second = SecondRegionStack(app, name, env=env, stage=stage, account=account)
    for each in filter(None, (account, second)):
        pipeline.add_stack_dependency(each)
    return [second]


def _account_there(
    app: App, env: Environment, shared: AccountSettings, stage: StageSettings
) -> AccountStack:
    """Add the account's stack of another Region: the one that a stage would have whose own Region it is."""
    name = "Ordercast-Account"
    account = AccountStack(
        app, f"{name}-{env.region}", env=env, stack_name=name, account=shared, stage=stage
    )
    _tag(account, stage="account", owner=shared.owner)
    return account


def _tag(stack: Stack, *, stage: str, owner: str) -> None:
    """Name what each resource is part of and who pays for it, for cost allocation."""
    for name, value in (("service", "ordercast"), ("stage", stage), ("owner", owner)):
        Tags.of(stack).add(name, value)


if __name__ == "__main__":
    main()
