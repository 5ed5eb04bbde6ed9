"""Make the alarms on a stage's targets: how fast, how surely and how soon, each channel by itself. Used by `Alarms`.

Add one: its metric in metrics.py, a line here, and an entry in docs/runbook.md. The targets are set in
stages/*.toml under alarms.
"""

from ordercast.settings.stage import StageSettings
from pipeline.constructs.observability.alarm_topic import ABOVE, BELOW, AlarmTopic
from pipeline.constructs.observability.metrics import HOUR, OrdercastMetrics


def watch_targets(topic: AlarmTopic, stage: StageSettings, metrics: OrdercastMetrics) -> None:
    """Add an alarm for each target that is missed in an hour; with too little to judge by, none is.

    Over minutes a small shop never has enough: 3,000 orders a day are ten calls in five of them.
    """
    limits = stage.alarms
    enough = limits.enough_to_judge
    for channel in stage.rates:
        name = channel.capitalize()
        topic.alarm(
            f"{name}ProcessingSlow",
            metrics.processing_ms(channel, period=HOUR, enough=enough, otherwise="0"),
            "Messages take longer than their target from a sender to the provider's answer.",
            threshold=getattr(limits, f"{channel}_processing_ms"),
            when=ABOVE,
        )
        topic.alarm(
            f"{name}ErrorsHigh",
            metrics.error_percent(channel, period=HOUR, enough=enough, otherwise="0"),
            "Too many calls to the provider fail.",
            threshold=float(getattr(limits, f"{channel}_error_percent")),
            when=ABOVE,
        )
        topic.alarm(
            f"{name}DeliveryLow",
            metrics.delivered_percent(channel, period=HOUR, enough=enough, otherwise="100"),
            "Too many messages of a channel are not delivered.",
            threshold=limits.delivered_percent,
            when=BELOW,
        )
    topic.alarm(
        "DecidedLate",
        metrics.decided_percent(period=HOUR, enough=enough, otherwise="100"),
        "Too many events were decided about more than a minute after their arrival.",
        threshold=float(limits.decided_percent),
        when=BELOW,
    )
