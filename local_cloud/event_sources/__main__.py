"""Run the event source mappings of the local cloud, and copy functions' metrics to CloudWatch.

Started as a process by the local cloud; prints `ready` and ends when its owner does.
"""

import argparse
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3

from lambda_event_sources.drivers import EventSources
from lambda_event_sources.streams.lane import Backoff
from local_cloud.environment import CREDENTIALS, REGION
from local_cloud.journal import journal_of
from local_cloud.lifeline import when_owner_ends
from local_cloud.metric_extraction.extractor import Extractor
from local_cloud.on_the_way import KeptPositions


def main() -> None:
    """Drive what is deployed until the owner ends or says so."""
    asked = _arguments()
    journal = journal_of("event_sources")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _n, _f: stop.set())
    signal.signal(signal.SIGINT, lambda _n, _f: stop.set())
    when_owner_ends(stop.set)
    EventSources(
        boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=asked.region,
        ),
        endpoint_url=asked.endpoint,
        queue_pollers=asked.queue_pollers,
        backoff=Backoff(first=timedelta(seconds=asked.first_backoff), most=timedelta(seconds=10)),
        log=journal,
        save_positions=KeptPositions(asked.positions).keep,
    ).start()
    extractor = Extractor(asked.endpoint, region=asked.region, now=_now, journal=journal)
    threading.Thread(target=extractor.run, args=(stop,), daemon=True).start()
    print("ready", flush=True)
    stop.wait()
    journal("stopped")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_cloud.event_sources", description=_DESCRIPTION
    )
    parser.add_argument("--endpoint", required=True, help="the local cloud, http://127.0.0.1:PORT")
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--positions", type=Path, required=True, help="the file to keep them in")
    parser.add_argument("--queue-pollers", type=int, default=1, help="batches at once, a queue")
    parser.add_argument("--first-backoff", type=float, default=0.5, metavar="SECONDS")
    return parser.parse_args()


_DESCRIPTION = (
    "Deliver records to the functions that are deployed, and their metrics to CloudWatch."
)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
