"""Each statement of a role's policy is needed: without it, a call that the function makes is refused."""

import pytest

from local_cloud.deploy_proof.policy import allows, unneeded
from tests.pipeline.functions.policy_calls import Policies
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


def test_no_statement_of_a_role_can_be_left_out(synthesis: Synthesis) -> None:
    """By the calls that the explorer visits, what Lambda does in a function's name, and the key's use."""
    policies = Policies(synthesis)
    called = policies.called()
    left = {
        role: [sorted(each["Action"]) for each in unneeded(statements, called[role])]
        for role, statements in policies.statements().items()
    }
    assert {} == {role: actions for role, actions in left.items() if actions}


def test_every_call_that_is_made_is_allowed(synthesis: Synthesis) -> None:
    policies = Policies(synthesis)
    refused = [
        (role, each)
        for role, calls in policies.called().items()
        for each in calls
        if not allows(policies.statements()[role], each)
    ]
    assert [] == refused
