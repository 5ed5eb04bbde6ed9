"""A stage's name and cdk.json come in; that stage's CloudFormation templates go out."""

import sys

from aws_cdk import App

from pipeline.bundling.bundle import NotInstalled
from pipeline.cdk_json import BadStage, read_account, read_stage
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stacks.observability import ObservabilityStack
from pipeline.stacks.pipeline import PipelineStack


def main() -> None:
    """Synthesise the stage that `-c stage=` names; without one, what cdk.json says (dev)."""
    app = App()
    try:
        compose(app)
    except (BadStage, NotInstalled) as trouble:
        sys.exit(str(trouble))
    app.synth()


def compose(app: App) -> None:
    """Add the stacks of one stage.

    Raises `BadStage` when cdk.json cannot be used, `NotInstalled` when there is nothing to bundle.
    """
    context = app.node.try_get_context
    stage = read_stage(context("stages"), context("stage"))
    account = AccountStack(
        app,
        "Ordercast-Account",
        account=read_account(context("account")),
        target=stage.target,
        with_sms_attributes=stage.sms_attributes,
        protected=stage.account_protection,
    )
    name = f"Ordercast-{stage.name}"
    data = DataStack(app, f"{name}-Data", stage=stage)
    pipeline = PipelineStack(app, f"{name}-Pipeline", stage=stage, data=data, account=account)
    ObservabilityStack(
        app,
        f"{name}-Observability",
        stage=stage,
        data=data,
        pipeline=pipeline,
        account=account,
    )


if __name__ == "__main__":
    main()
