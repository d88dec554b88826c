"""The program that does what is done later: ``python -m assises.site.worker``."""

from __future__ import annotations

import logging
import sys
from typing import Final

import django

CONCURRENCY: Final = 1
"""A computation fills a core; two at a time would only wait for each other."""


def main() -> int:
    """Run jobs until asked to stop; the exit status."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    django.setup()
    from procrastinate.contrib.django import app

    from assises.rooms.insights.tasks import retry_stalled

    retry_stalled()
    worker = app.with_connector(app.connector.get_worker_connector())
    worker.run_worker(
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=1.0,
        shutdown_graceful_timeout=5.0,
        delete_jobs="successful",
        listen_notify=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
