"""The program that does what is done later: ``python -m assises.site.worker``."""

from __future__ import annotations

import logging
import sys
import time
from typing import Final

import django
from django.db import OperationalError, connections

CONCURRENCY: Final = 2
"""Results of votes, seconds each, do not wait for themes, which take a minute; of themes there is
one run at a time."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_PATIENCE_AT_WORK: Final = 5.0
"""Seconds to wait for a session with the database; then it ends, to be started anew."""
_LOG: Final = logging.getLogger("assises.worker")


def main() -> int:
    """Run jobs until asked to stop; the exit status."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    django.setup()
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    from assises.rooms.insights.tasks import order_missed, retry_stalled

    await_database()
    retry_stalled()
    order_missed()
    connector = PsycopgConnector(
        kwargs=connector_params("default"), min_size=1, timeout=_PATIENCE_AT_WORK
    )
    app.with_connector(connector).run_worker(
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
