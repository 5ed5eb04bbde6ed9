"""A stage makes a secret for address hashes, once, keeps it, and lets only those read it that hash."""

import pytest
from msgspec.structs import replace

from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage
from tests.pipeline.functions.statements import listed, statements_of_function
from tests.pipeline.synthesis import Synthesis, synthesise_settings

KIND = "AWS::SecretsManager::Secret"
KEPT = "arn:aws:secretsmanager:us-east-1:123456789012:secret:Ordercast-dev-address-hashes-1-AbCdEf"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
CUSTOMERS = "customers arn:aws:dynamodb:us-east-1:123456789012:table/kept-customers"

READS = {
    "processors.order_relay.handler": True,
    "processors.sms_sender.handler": True,
    "processors.email_sender.handler": True,
    "processors.receipt_tracker.handler": True,
    "processors.sweeper.handler": True,
    "analytics.processor.handler": False,
    "analytics.verifier.handler": False,
    "processors.sms_log_forwarder.handler": False,
}


@pytest.mark.synth
def test_what_makes_the_secret_never_changes(synthesis: Synthesis) -> None:
    """CloudFormation makes a new one when these change, and no suppression would be found again."""
    (made,) = synthesis.properties(KIND)
    assert {"PasswordLength": 64, "ExcludePunctuation": True} == made["GenerateSecretString"]
    assert f"Ordercast-{synthesis.stage}-address-hashes-" in str(made["Name"])


@pytest.mark.synth
def test_the_secret_stays_with_the_tables(synthesis: Synthesis) -> None:
    (secret,) = (each for _, _, each in synthesis.each(KIND))
    policies = {
        (each["DeletionPolicy"], each["UpdateReplacePolicy"])
        for _, _, each in synthesis.each("AWS::DynamoDB::Table")
    }
    assert {(secret["DeletionPolicy"], secret["UpdateReplacePolicy"])} == policies


@pytest.mark.synth
@pytest.mark.parametrize("handler", READS)
def test_only_functions_that_hash_addresses_may_read_it(synthesis: Synthesis, handler: str) -> None:
    actions = [
        action
        for each in statements_of_function(synthesis, handler)
        for action in listed(each["Action"])
        if action.startswith("secretsmanager:")
    ]
    assert (["secretsmanager:GetSecretValue"] if READS[handler] else []) == actions


@pytest.mark.synth
def test_a_secret_that_is_named_is_used_and_not_made(tmp_path) -> None:
    stage = replace(read_stage("dev"), existing_secret=KEPT)
    made = synthesise_settings(stage, tmp_path).templates
    assert KIND not in {each["Type"] for t in made.values() for each in t["Resources"].values()}
    assert KEPT in str(made["Ordercast-dev-Pipeline"])


def test_a_removed_stage_s_customers_come_back_only_with_their_secret() -> None:
    stage = replace(read_stage("dev"), existing_tables=CUSTOMERS, existing_key=KEY)
    assert ["existing_secret"] == [field for field, _ in contradictions(stage)]
    assert [] == list(contradictions(replace(stage, existing_secret=KEPT)))


def test_a_living_stage_that_restores_its_customers_keeps_its_own() -> None:
    assert [] == list(contradictions(replace(read_stage("dev"), existing_tables=CUSTOMERS)))
