"""The program that does what is done later: ``python -m assises.site.worker``."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, Final, cast

import django
from django.db import OperationalError, connections

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY: Final = 1
"""A computation fills a core; two at a time would only wait for each other."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_LOG: Final = logging.getLogger("assises.worker")


def main() -> int:
    """Run jobs until asked to stop; the exit status."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    django.setup()
    from procrastinate.contrib.django import app

    from assises.rooms.insights.tasks import retry_stalled

    await_database()
    retry_stalled()
    connector = cast("DjangoConnector", app.connector)
    worker = app.with_connector(connector.get_worker_connector())
    worker.run_worker(
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=1.0,
        shutdown_graceful_timeout=5.0,
        delete_jobs="successful",
        listen_notify=True,
    )
    return 0


def await_database() -> None:
    """Wait for a database that is away; a worker that died of it five times would end the house."""
    pause = _FIRST_PAUSE
    while True:
        try:
            connections["default"].ensure_connection()
        except OperationalError as error:
            _LOG.warning("waiting %.1f s: %s", pause, (str(error).splitlines() or [""])[0])
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
