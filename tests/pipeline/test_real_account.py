"""What would have gone wrong in a real AWS account, each with the test that keeps it mended."""

import ast

import pytest

from tests.pipeline.synthesis import ROOT

MENDED = {
    "an identity that exists already ends the first deployment": (
        "messaging/test_mail.py::test_an_identity_that_exists_already_is_used_and_not_made"
    ),
    "removing a stage deletes its verified mail identity": (
        "messaging/test_mail.py::"
        "test_an_identity_outlives_its_stage_and_depends_on_nothing_that_does_not"
    ),
    "a first deployment that fails leaves key, stream and tables behind": (
        "test_stages.py::test_a_first_deployment_that_fails_leaves_nothing_behind"
    ),
    "in the sandbox every e-mail is refused for its recipient's identity": (
        "messaging/test_mail.py::test_in_the_sandbox_a_recipient_s_own_identity_is_no_obstacle"
    ),
    "SES mails bounces to the sender's mailbox, recipients included": (
        "messaging/test_mail.py::"
        "test_bounces_are_not_mailed_to_a_mailbox_that_the_data_map_does_not_know"
    ),
    "a service acts with our role for another account": (
        "functions/test_permissions.py::test_a_service_assumes_a_role_for_no_account_but_ours"
    ),
    "the delivery role is handed to another service": (
        "functions/test_permissions.py::test_the_delivery_role_is_the_only_one_passed_on"
    ),
    "a role's credentials decrypt anything": (
        "functions/test_permissions.py::"
        "test_functions_use_keys_through_the_services_that_hold_the_data_and_not_directly"
    ),
    "analytics is paid for records that it throws away": (
        "test_agreements.py::"
        "test_analytics_is_handed_written_notifications_and_nothing_that_it_would_drop"
    ),
    "SES may not publish, since it names no account to the key": (
        "storage/test_protection.py::"
        "test_ses_uses_the_key_for_topics_of_this_account_whether_or_not_it_says_for_whom"
    ),
    "a deployment replaces a stream's mapping, and ends with 'already exists'": (
        "test_references.py::test_what_a_replacement_would_break_is_referred_to_strongly"
    ),
    "the verifier fails and nobody hears of it": (
        "observability/test_alarms.py::test_a_verifier_that_fails_once_rings"
    ),
    "sweeper or verifier is not invoked any more and nobody hears of it": (
        "observability/test_alarms.py::test_a_function_of_a_schedule_that_does_not_run_rings"
    ),
    "messages wait in a work queue for days and nobody hears of it": (
        "observability/test_alarms.py::test_every_work_queue_is_watched_for_its_oldest_message"
    ),
    "functions, stream or tables are throttled, events dropped, and nobody hears of it": (
        "observability/test_alarms.py::"
        "test_throttling_is_watched_of_functions_stream_tables_and_indexes"
    ),
    "SES pauses the account for bounces or complaints without a warning of ours": (
        "observability/test_alarms.py::test_the_account_s_reputation_rings_before_ses_reviews_it"
    ),
    "texts stop at the month's spend limit without a warning": (
        "observability/test_alarms.py::test_the_month_s_texts_ring_below_the_limit_of_a_new_account"
    ),
    "nobody hears that it is over": (
        "observability/test_alarms.py::test_that_it_is_over_is_told_too"
    ),
    "messages are slow, fail, or are decided late, and nobody hears of it": (
        "observability/test_alarms.py::test_the_targets_are_what_was_promised"
    ),
    "texts fail among more e-mails that do not": (
        "observability/test_alarms.py::test_each_channel_has_alarms_of_its_own_on_its_targets"
    ),
    "customers are written to, and nobody is told of an alarm": (
        "observability/test_alarms.py::"
        "test_whoever_writes_to_everybody_must_say_who_is_told_of_alarms"
    ),
    "the heartbeat says nothing of texts": (
        "observability/test_heartbeat.py::"
        "test_a_text_beats_only_where_a_stage_names_a_number_and_at_its_own_interval"
    ),
    "e-mail goes on until SES reviews the account": (
        "tests/workflows/sweep/test_reputation.py::"
        "test_all_e_mail_waits_behind_a_hold_and_texts_go_on"
    ),
    "CloudWatch lacks a batch and nobody knows since when": (
        "tests/reconciliation/test_compare_metrics.py::"
        "test_a_batch_that_cloudwatch_never_got_is_named_with_its_hour"
    ),
    "what CloudWatch lacks is lost for good": (
        "tests/reconciliation/test_fill_metric_gaps.py::"
        "test_a_batch_whose_function_was_killed_is_given_to_cloudwatch_in_every_series"
    ),
    "there is no one alarm to ask whether the stage is well": (
        "observability/test_alarms.py::test_one_alarm_says_whether_any_other_is_on_but_for_notices"
    ),
    "queues take all concurrency, and relay and sweeper starve": (
        "messaging/test_event_sources.py::test_no_queue_takes_all_of_the_account_s_concurrency"
    ),
    "relay and sweeper have no concurrency of their own": (
        "functions/test_reserved.py::test_a_stage_may_reserve_concurrency_for_relay_and_sweeper"
    ),
    "new tables throttle a full load for half an hour": (
        "storage/test_protection.py::test_prod_s_tables_and_indexes_take_a_full_load_from_the_start"
    ),
    "the verifier and the relay throttle each other on the stream": (
        "tests/gateways/streams/test_orders_stream.py::"
        "test_reading_again_leaves_half_of_a_shard_to_the_relay"
    ),
    "three rounds of the verifier read the stream in the same minute": (
        "functions/test_verifier.py::test_no_two_hours_read_the_stream_at_the_same_time"
    ),
    "an hour's counted notifications are hot at full load": (
        "tests/gateways/rollups/test_counted_shards.py::test_no_partition_of_counted_notifications_is_hot_at_full_load"
    ),
    "a condition on a map by IN is refused": (
        "tests/gateways/people/test_dynamo_people.py::"
        "test_a_record_is_written_only_over_the_refusals_that_were_seen"
    ),
    "the verifier reads every parked object three times an hour": (
        "tests/gateways/parked/test_objects.py::test_of_an_hour_only_its_days_are_read"
    ),
    "decisions pile up without an end": (
        "tests/gateways/ledger/test_item_sizes.py::"
        "test_a_decision_has_an_end_years_away_and_never_before_its_rows"
    ),
    "latest statuses pile up without an end": (
        "tests/gateways/ledger/test_item_sizes.py::"
        "test_a_latest_status_is_one_write_unit_and_outlives_its_rows"
    ),
    "nothing removes what has come to its end": (
        "storage/test_protection.py::test_tables_forget_in_time_what_has_a_time"
    ),
    "e-mail is refused for good while the sender's domain waits for DNS": (
        "tests/gateways/providers/test_errors.py::"
        "test_back_pressure_is_of_the_rate_of_a_quota_or_of_the_account"
    ),
    "a new stage sends before its account is ready": (
        "tests/explorer/test_new_stage.py::"
        "test_what_comes_before_a_channel_is_opened_is_sent_when_it_is"
    ),
    "what stops messages in a new account is known to nobody before them": (
        "tests/cli/test_doctor.py::test_a_fact_that_is_bad_is_named_and_only_it"
    ),
    "a ledger is lost, and what its copy does not know goes out again": (
        "tests/explorer/test_restored.py::"
        "test_what_an_operator_releases_is_sent_and_nothing_that_was_sent_before"
    ),
    "the bundle differs by the machine that deploys": (
        "bundling/test_bundle.py::test_a_bundle_is_the_same_to_the_byte_wherever_it_is_built"
    ),
    "functions are deployed without bytecode": (
        "bundling/test_offline.py::"
        "test_a_deployment_without_the_functions_python_is_refused_in_one_line"
    ),
    "a deployment of dev changes what carries prod's receipts": (
        "test_stages.py::test_a_deployment_of_a_stage_leaves_the_account_s_stack_alone"
    ),
    "a broken deployment has all messages at once, and nothing takes it back": (
        "functions/test_releases.py::test_a_deployment_after_which_a_function_fails_is_taken_back"
    ),
    "a new version has all of prod's messages at once": (
        "functions/test_releases.py::test_prod_tries_a_version_on_a_tenth_first"
    ),
    "event sources invoke $LATEST": (
        "functions/test_releases.py::"
        "test_every_function_of_a_stage_is_invoked_by_an_alias_of_its_version"
    ),
    "a change of settings or an index replaces data, a mapping or an identity": (
        "test_replacements.py::test_no_property_changes_that_replaces_its_resource"
    ),
    "stages of an account collide by a name": (
        "test_side_by_side.py::test_no_two_stages_of_an_account_have_a_name_in_common"
    ),
    "a stage in a second Region collides with itself by a name": (
        "test_side_by_side.py::test_a_stage_names_nothing_that_is_of_all_regions"
    ),
    "every deployment changes something": (
        "tests/cloud/flow/test_deployed_twice.py::test_a_second_deployment_changes_nothing"
    ),
}
"""What went wrong, and a test in this folder or, with `tests/`, elsewhere."""


@pytest.mark.parametrize("fault", MENDED)
def test_each_fault_has_a_test_that_exists(fault: str) -> None:
    file, _, name = MENDED[fault].partition("::")
    path = ROOT / file if file.startswith("tests/") else ROOT / "tests" / "pipeline" / file
    tree = ast.parse(path.read_text())
    tests = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    assert name in tests
