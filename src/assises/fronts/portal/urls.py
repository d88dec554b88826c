"""The addresses of the portal, under a language."""

from __future__ import annotations

from django.urls import path

from assises.fronts.portal import (
    acts,
    editions,
    home,
    house,
    opinion,
    own,
    speaking,
    themes,
    things,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("say", home.say, name="say"),
    path("follow", house.follow, name="follow"),
    path("check", house.check, name="check"),
    path("search", house.search, name="search"),
    path("promises", house.promises, name="promises"),
    path("about", house.about, name="about"),
    path("method", house.method, name="method"),
    path("data", house.data, name="data"),
    path("source", house.source, name="source"),
    path("source.tar.gz", house.source_archive, name="source-archive"),
    path("me", own.find_me, name="find-me"),
    path("editions/<address:edition>/", editions.edition, name="edition"),
    path("editions/<address:edition>/say", speaking.say, name="edition-say"),
    path("editions/<address:edition>/propose", speaking.propose, name="edition-propose"),
    path("editions/<address:edition>/contributions", editions.contributions, name="contributions"),
    path("editions/<address:edition>/statements", editions.statements, name="statements"),
    path("editions/<address:edition>/themes", themes.themes, name="themes"),
    path("editions/<address:edition>/vote", speaking.vote, name="vote"),
    path("editions/<address:edition>/votes", speaking.votes, name="votes"),
    path("editions/<address:edition>/opinion", opinion.opinion, name="opinion"),
    path("editions/<address:edition>/counts.csv", opinion.counts, name="counts"),
    path("editions/<address:edition>/bundle.zip", opinion.bundle, name="bundle"),
    path("editions/<address:edition>/journal", acts.journal, name="journal"),
    path("editions/<address:edition>/refused", acts.refused, name="refused"),
    path("editions/<address:edition>/counts.json", acts.counts, name="published-counts"),
    path("editions/<address:edition>/me", own.me, name="me"),
    path("editions/<address:edition>/me/withdraw", own.withdraw, name="withdraw"),
    path("verticals/<address:vertical>", things.vertical, name="vertical"),
    path("statements/<address:statement>", things.statement, name="statement"),
    path("themes/<address:theme>", themes.theme, name="theme"),
    path("contributions/<address:contribution>", things.contribution, name="contribution"),
]
