"""Several people at the same moment, each in a transaction of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connections, transaction

Name = TypeVar("Name")
PATIENCE = 30


def at_once(act: Callable[[Name], object], names: Sequence[Name]) -> list[Exception]:
    """Do it for each of these, begun together; what any of them was refused with."""
    barrier, refused = threading.Barrier(len(names)), []

    def one(name: Name) -> None:
        try:
            barrier.wait(PATIENCE)
            with transaction.atomic():
                act(name)
        except Exception as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return refused
