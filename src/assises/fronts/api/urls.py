"""The addresses of the API, under ``/api/v1/``."""

from __future__ import annotations

from assises.fronts.api.document import api
from assises.fronts.api.doors import patterns_of

urlpatterns = patterns_of(api)
