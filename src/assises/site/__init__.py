"""The site: what reads the environment, holds the database and starts, watches and stops it all.

It is the top floor: it may import every other and none imports it. What concerns processes
(environment, postgres, supervisor and what they stand on) never imports Django.
"""
