"""The addresses of the office, under a language and ``office/``."""

from __future__ import annotations

from django.urls import path

from assises.fronts.office import (
    desk,
    log,
    moderation,
    organisations,
    phases,
    roles,
    shelf,
    statements,
    texts,
    themes,
    verticals,
)

_IN = "<address:edition>/"

urlpatterns = [
    path("", shelf.shelf, name="office"),
    path("new", shelf.new, name="office-new"),
    path("organisations", organisations.listed_everywhere, name="office-site-organisations"),
    path(
        "organisations/<address:organisation>",
        organisations.organisation_everywhere,
        name="office-site-organisation",
    ),
    path("roles", roles.roles_everywhere, name="office-site-roles"),
    path("log", log.log_of_the_site, name="office-site-log"),
    path(_IN, desk.desk, name="office-desk"),
    path(f"{_IN}texts", texts.texts, name="office-texts"),
    path(f"{_IN}verticals", verticals.verticals, name="office-verticals"),
    path(f"{_IN}organisations", organisations.listed, name="office-organisations"),
    path(
        f"{_IN}organisations/<address:organisation>",
        organisations.organisation,
        name="office-organisation",
    ),
    path(f"{_IN}phases", phases.phases, name="office-phases"),
    path(f"{_IN}statements", statements.statements, name="office-statements"),
    path(f"{_IN}statements/<address:statement>", statements.statement, name="office-statement"),
    path(f"{_IN}moderation", moderation.moderation, name="office-moderation"),
    path(f"{_IN}themes", themes.themes, name="office-themes"),
    path(f"{_IN}themes/<address:theme>", themes.theme, name="office-theme"),
    path(f"{_IN}roles", roles.roles, name="office-roles"),
    path(f"{_IN}log", log.log, name="office-log"),
]
