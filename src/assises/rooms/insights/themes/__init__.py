"""Themes of what people said: found by the software, shaped by people, followed by everyone.

``reading`` → ``running`` → ``placing`` (the rows and the chain), ``telling`` (who speaks in one,
nothing told of few), ``shaping`` (what the acts of people share), ``queries`` (what the fronts
read), ``tasks`` (themes follow the contributions).
"""
