"""Every event source mapping is configured so that no record or message is lost."""

import pytest

from lambda_event_sources.mapping import mapping_of
from lambda_event_sources.unsupported import unsupported_settings
from pipeline.settings.files import read_stage
from tests.pipeline.synthesis import Resource, Synthesis

pytestmark = pytest.mark.synth


def test_every_mapping_heeds_partial_failures(synthesis: Synthesis) -> None:
    """Without the flag a response that names failures is silent success."""
    for _, mapping, _ in synthesis.mappings:
        assert ["ReportBatchItemFailures"] == mapping["FunctionResponseTypes"]


def test_a_failing_stream_batch_is_split_until_the_bad_record_is_alone(
    synthesis: Synthesis,
) -> None:
    assert 2 == len(synthesis.stream_mappings)
    for _, mapping, _ in synthesis.stream_mappings:
        assert mapping["BisectBatchOnFunctionError"] is True


def test_stream_retries_end_by_age_and_never_by_count(synthesis: Synthesis) -> None:
    """Ten bad minutes use up any count; an age survives them and still ends within retention."""
    for _, mapping, source in synthesis.stream_mappings:
        retention = source["Properties"].get("RetentionPeriodHours", 24) * 3600
        assert 60 <= mapping["MaximumRecordAgeInSeconds"] < retention
        assert "MaximumRetryAttempts" not in mapping


def test_what_a_stream_reader_gives_up_on_is_kept_with_its_payload(synthesis: Synthesis) -> None:
    """Of all destinations, only a bucket gets the records themselves."""
    for stack, mapping, _ in synthesis.stream_mappings:
        destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
        assert "AWS::S3::Bucket" == synthesis.target(stack, destination)["Type"]


def test_stream_readers_start_at_the_beginning(synthesis: Synthesis) -> None:
    """LATEST misses what arrives while a mapping is being made."""
    for _, mapping, _ in synthesis.stream_mappings:
        assert "TRIM_HORIZON" == mapping["StartingPosition"]


def test_giving_up_and_losing_are_counted(synthesis: Synthesis) -> None:
    for _, mapping, _ in synthesis.stream_mappings:
        assert {"Metrics": ["EventCount"]} == mapping["MetricsConfig"]


def test_no_mapping_of_orders_or_of_a_queue_filters(synthesis: Synthesis) -> None:
    """A filter on the data drops aggregated records without a word; on queues it deletes."""
    for _, mapping, source in synthesis.mappings:
        if source["Type"] != "AWS::DynamoDB::Table":
            assert "FilterCriteria" not in mapping


def test_a_large_queue_batch_has_a_window(synthesis: Synthesis) -> None:
    """Lambda refuses a batch of more than ten without one."""
    for _, mapping, _ in synthesis.queue_mappings:
        assert 10 >= mapping["BatchSize"] or 1 <= mapping["MaximumBatchingWindowInSeconds"]


def test_what_is_deployed_is_what_the_model_of_event_sources_knows(synthesis: Synthesis) -> None:
    """Or the local cloud would leave the mapping alone, and rehearsals be about something else."""
    for _, mapping, source in synthesis.mappings:
        entry = _listed(mapping, source)
        assert () == unsupported_settings(entry)
        assert mapping["BatchSize"] == mapping_of(entry).batch_size


def test_the_model_has_as_many_lanes_as_a_stage_says(synthesis: Synthesis) -> None:
    stage = read_stage(synthesis.stage)
    said = sorted((stage.order_relay.parallelization, stage.analytics.parallelization))

    lanes = sorted(
        mapping_of(_listed(mapping, source)).parallelization_factor
        for _, mapping, source in synthesis.stream_mappings
    )

    assert said == lanes


def _listed(mapping: Resource, source: Resource) -> Resource:
    """A mapping as Lambda would list it, with the names that it gives to what is deployed."""
    service = source["Type"].split("::")[1].lower()
    arns = {"EventSourceArn": f"arn:aws:{service}:us-east-1:1:s", "FunctionArn": "f"}
    return {"UUID": "u", **mapping, **arns}


def test_no_queue_takes_all_of_the_account_s_concurrency(synthesis: Synthesis) -> None:
    """A provider that hangs would make hundreds of invocations, and starve relay and sweeper."""
    capped = [
        each["ScalingConfig"]["MaximumConcurrency"] for _, each, _ in synthesis.queue_mappings
    ]
    assert 5 == len(capped)
    assert all(2 <= each <= 50 for each in capped)
