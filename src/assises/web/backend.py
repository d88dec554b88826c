"""Our templates for pages whose views are a library's: accounts and their second factor."""

from __future__ import annotations

from typing import Any

import jinja2

from assises.web.pages import templates


def environment(**_options: Any) -> jinja2.Environment:
    """What Django's Jinja2 backend asks for: the templates of the house."""
    return templates()
