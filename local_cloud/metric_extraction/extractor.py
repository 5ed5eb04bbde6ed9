"""Follow the log groups of all functions and put their metrics into CloudWatch. Run by `services`."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.clients import client_of
from local_cloud.event_log import Log
from local_cloud.metric_extraction.emf import InvalidDocument, Metric, metrics_in
from local_cloud.metric_extraction.log_tail import PAGE, LogTail


@dataclass(slots=True, kw_only=True)
class _Group:
    tail: LogTail
    due: float = 0.0


class Extractor:
    """Reads each function's log group: every half second where metrics come, else every three seconds."""

    def __init__(self, endpoint: str, *, now: Callable[[], datetime], log: Log) -> None:
        self._lambda: Any = client_of("lambda", endpoint=endpoint)
        self._logs: Any = client_of("logs", endpoint=endpoint)
        self._cloudwatch: Any = client_of("cloudwatch", endpoint=endpoint)
        self._now = now
        self._log = log
        self._groups: dict[str, _Group] = {}
        self._groups_due = 0.0
        self._unsent: list[Metric] = []

    def run(self, stop: threading.Event) -> None:
        """Extract until told to stop."""
        while not stop.is_set():
            try:
                self.look()
            except (BotoCoreError, ClientError) as error:
                self._log("metrics_delayed", error=type(error).__name__)
            stop.wait(_POLL_SECONDS)

    def look(self) -> None:
        """Read every group that is due once and send the metrics."""
        at = self._now().timestamp()
        if at >= self._groups_due:
            self._find_groups()
            self._groups_due = at + _IDLE_SECONDS
        for name, group in self._groups.items():
            if at >= group.due:
                found = self._read(name, group)
                group.due = at + (0 if found else _IDLE_SECONDS)
        self._send()

    def _find_groups(self) -> None:
        names = {
            function.get("LoggingConfig", {}).get("LogGroup")
            or f"/aws/lambda/{function['FunctionName']}"
            for page in self._lambda.get_paginator("list_functions").paginate()
            for function in page["Functions"]
        }
        for name in names - self._groups.keys():
            self._groups[name] = _Group(tail=self._tail_of(name))

    def _tail_of(self, name: str) -> LogTail:
        def fetch(start: int, token: str) -> dict[str, Any]:
            try:
                answer: dict[str, Any] = self._logs.filter_log_events(
                    logGroupName=name,
                    filterPattern='"_aws"',
                    startTime=start,
                    limit=PAGE,
                    **({"nextToken": token} if token else {}),
                )
            except self._logs.exceptions.ResourceNotFoundException:
                return {"events": []}  # the first invocation makes it
            return answer

        return LogTail(fetch, clock_ms=lambda: int(self._now().timestamp() * 1000))

    def _read(self, name: str, group: _Group) -> bool:
        lines = group.tail.new_lines()
        for line in lines:
            try:
                self._unsent += metrics_in(line, now=self._now())
            except InvalidDocument as invalid:
                self._log("emf_invalid", group=name, reason=invalid)
        return bool(lines)

    def _send(self) -> None:
        by_namespace: defaultdict[str, list[Metric]] = defaultdict(list)
        for metric in self._unsent:
            by_namespace[metric.namespace].append(metric)
        for namespace, metrics in by_namespace.items():
            for first in range(0, len(metrics), _DATA_LIMIT):
                some = metrics[first : first + _DATA_LIMIT]
                self._cloudwatch.put_metric_data(
                    Namespace=namespace, MetricData=[metric.datum for metric in some]
                )
                sent = set(map(id, some))
                # Forgotten at once: a later failure must not send them twice.
                self._unsent = [metric for metric in self._unsent if id(metric) not in sent]
            self._log("metrics_put", namespace=namespace, data=len(metrics))


_POLL_SECONDS = 0.5
_IDLE_SECONDS = 3.0
_DATA_LIMIT = 500  # PutMetricData takes 1000, and 1 MB
