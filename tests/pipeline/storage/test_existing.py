"""A stage uses the tables, the key and the bucket that it names, and makes and changes none of them."""

import tomllib
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.settings.checks import contradictions
from pipeline.settings.existing import TABLES, ExistingTable, existing_tables
from pipeline.settings.files import read_stage
from tests.pages import snippets
from tests.pipeline.synthesis import Synthesis, synthesise_settings

ACCOUNT = "us-east-1:123456789012"
LEDGER = f"arn:aws:dynamodb:{ACCOUNT}:table/kept-ledger"
STREAM = f"{LEDGER}/stream/2026-03-02T10:00:00.000"
OTHERS = {
    name: f"arn:aws:dynamodb:{ACCOUNT}:table/kept-{name}"
    for name in ("customers", "receipts", "rollups")
}
ALL = ", ".join([f"ledger {STREAM}", *(f"{name} {arn}" for name, arn in OTHERS.items())])
KEY = f"arn:aws:kms:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
BUCKET = "kept-parked-records"
SECRET = f"arn:aws:secretsmanager:{ACCOUNT}:secret:Ordercast-dev-address-hashes-1-AbCdEf"

DATA, PIPELINE = "Ordercast-dev-Data", "Ordercast-dev-Pipeline"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A stage whose predecessor has retained everything."""
    stage = replace(
        read_stage("dev"),
        existing_tables=ALL,
        existing_key=KEY,
        existing_bucket=BUCKET,
        existing_secret=SECRET,
    )
    return synthesise_settings(stage, tmp_path_factory.mktemp("existing")).templates


def kinds(template: Any) -> set[str]:
    return {each["Type"] for each in template["Resources"].values()}


@pytest.mark.synth
def test_what_is_named_is_neither_made_nor_changed(templates: dict[str, Any]) -> None:
    """The stream of orders is new: it holds nothing that the tables do not."""
    assert {"AWS::Kinesis::Stream", "AWS::SES::EmailIdentity", "AWS::SSM::Parameter"} == kinds(
        templates[DATA]
    )


@pytest.mark.synth
def test_functions_use_what_is_named(templates: dict[str, Any]) -> None:
    """Names in their environment, ARNs in their policies, the key's in both stacks."""
    written = str(templates[PIPELINE]["Resources"])
    for known in (
        STREAM,
        LEDGER,
        *OTHERS.values(),
        KEY,
        "'LEDGER_TABLE': 'kept-ledger'",
        BUCKET,
        SECRET,
    ):
        assert known in written, known
    assert KEY in str(templates[DATA]["Resources"])  # the new stream is encrypted with it, too


@pytest.mark.synth
def test_analytics_reads_the_stream_of_the_ledger_that_is_named(templates: dict[str, Any]) -> None:
    mappings = [
        each["Properties"]["EventSourceArn"]
        for each in templates[PIPELINE]["Resources"].values()
        if each["Type"] == "AWS::Lambda::EventSourceMapping"
    ]
    assert STREAM in mappings


@pytest.mark.synth
def test_one_table_may_be_named_and_the_others_stay(tmp_path) -> None:
    """So a table that was restored takes the place of the one that was lost."""
    stage = replace(read_stage("dev"), existing_tables=f"receipts {OTHERS['receipts']}")
    made = synthesise_settings(stage, tmp_path).templates[DATA]["Resources"].values()
    assert 3 == sum(each["Type"] == "AWS::DynamoDB::Table" for each in made)


@pytest.mark.synth
def test_with_restored_tables_the_pipeline_can_be_deployed_before_the_data_stack(
    syntheses: dict[str, Synthesis], tmp_path
) -> None:
    """It lets go of the lost ledger's export, which CloudFormation keeps as long as it is imported."""
    before = syntheses["dev"].templates
    stage = read_stage("dev")
    restored = f"ledger {STREAM}, rollups {OTHERS['rollups']}"
    after = synthesise_settings(replace(stage, existing_tables=restored), tmp_path).templates

    wanted = references(after[PIPELINE])
    assert wanted < references(before[PIPELINE])
    there = before[DATA]["Outputs"]
    assert {name for name in wanted if DATA in name} <= {f"{DATA}:{each}" for each in there} | {
        each["Export"]["Name"] for each in there.values() if "Export" in each
    }
    taken = exports(before[DATA]) - exports(after[DATA])
    assert 1 == len(taken & references(before[PIPELINE]))
    assert set() == taken & wanted


def exports(template: Any) -> set[str]:
    return {each["Export"]["Name"] for each in template["Outputs"].values() if "Export" in each}


def references(value: Any) -> set[str]:
    """Return what a template reads of other stacks: names of exports, and stack:output."""
    match value:
        case {"Fn::ImportValue": name}:
            return {name}
        case {"Fn::GetStackOutput": {"StackName": stack, "OutputName": name}}:
            return {f"{stack}:{name}"}
        case dict():
            return set().union(*map(references, value.values()))
        case list():
            return set().union(*map(references, value))
    return set()


def test_tables_are_read_by_name() -> None:
    found = existing_tables(f" ledger  {STREAM} ,rollups {OTHERS['rollups']},")
    assert ExistingTable(arn=LEDGER, stream_arn=STREAM) == found["ledger"]
    assert ExistingTable(arn=OTHERS["rollups"]) == found["rollups"]
    assert {} == existing_tables("")


NAMES = "must be empty or name tables, the ledger by the ARN of its stream, the others by their own"


@pytest.mark.parametrize(
    ("field", "written", "why"),
    [
        ("existing_tables", "orders arn", f"{NAMES}: orders arn is none, or named twice"),
        (
            "existing_tables",
            f"ledger {LEDGER}",
            f"{NAMES}: ledger needs the ARN of its stream, arn:aws:dynamodb:…:table/…/stream/…",
        ),
        (
            "existing_tables",
            "rollups kept-rollups",
            f"{NAMES}: rollups needs an ARN, arn:aws:dynamodb:…:table/…",
        ),
        ("existing_key", "alias/kept", "must be empty or the ARN of a key, not of an alias"),
        (
            "existing_bucket",
            "arn:aws:s3:::kept",
            "must be empty or the name of a bucket, not its ARN",
        ),
        ("existing_secret", "kept", "must be empty or the ARN of a secret, not its name"),
    ],
)
def test_what_names_nothing_is_refused(field: str, written: str, why: str) -> None:
    stage = replace(read_stage("dev"), **{field: written})
    assert [(field, why)] == list(contradictions(stage))


def test_the_page_shows_what_a_stage_s_file_takes() -> None:
    (shown,) = snippets("docs/first-deployment.md", language="toml")
    written = shown.replace("REGION:ACCOUNT", ACCOUNT).replace("…", "0123")
    stage = replace(read_stage("dev"), **tomllib.loads(written))
    assert [] == list(contradictions(stage))
    assert set(TABLES) == existing_tables(stage.existing_tables).keys()
