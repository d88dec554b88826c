"""Django's settings: what can differ comes from the environment, which refuses bad values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from assises.site.databases import databases
from assises.site.environment import checkout, read_environment, secrets_of

ENVIRONMENT: Final = read_environment(os.environ, checkout())
SECRETS: Final = secrets_of(ENVIRONMENT.secret_folder)
DATA: Final[Path] = ENVIRONMENT.data
DEMONSTRATION: Final[bool] = ENVIRONMENT.mode == "demonstration"
DEBUG = False

# --- The house ------------------------------------------------------------------------------------
ROOT_URLCONF = "assises.site.urls"
WSGI_APPLICATION = "assises.site.wsgi.application"
ROOMS: Final = (
    "journal",
    "chain",
    "search",
    "texts",
    "people",
    "notices",
    "consultations",
    "contributions",
    "votes",
    "insights",
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    *(f"assises.rooms.{room}" for room in ROOMS),
]
MIDDLEWARE = [
    "assises.web.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assises.web.middleware.Voices",
    "assises.web.entering.Offices",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "assises.web.backend.environment"},
    },
]

# --- The database ---------------------------------------------------------------------------------
DATABASES = databases(ENVIRONMENT, SECRETS)
DATABASE_ROUTERS = ["assises.site.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_IMPORT_PATHS = ["assises.rooms.insights.tasks"]

# --- Accounts -------------------------------------------------------------------------------------
SECRET_KEY = SECRETS.django_key
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/fr/enter"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "assises.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# The code of the letter proves the address: nothing is left to be verified, or to be kept twice.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_ADAPTER = "assises.web.accounts.Factors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
# Our page asks for a code at each change; allauth would ask the session when it was last given.
MFA_REAUTHENTICATION_REQUIRED = False
# The limits of attempts count in the memory of each worker, so that no table ever holds from which
# address someone came and when. With n workers up to n times as many attempts pass.
_IN_MEMORY: Final = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _IN_MEMORY},
    # Apart: a full cache throws away a third, and a count that is thrown away begins again.
    "limits": {
        "BACKEND": _IN_MEMORY,
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}
VOICES_PER_HOUR: Final[int] = ENVIRONMENT.voices_per_hour
SESSION_ENGINE = "assises.rooms.people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
EMAIL_BACKEND = "assises.rooms.notices.mail.Backend"
DEFAULT_FROM_EMAIL = ENVIRONMENT.from_address

# --- The web --------------------------------------------------------------------------------------
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.origin] if ENVIRONMENT.origin else []
SECURE_TLS: Final[bool] = bool(ENVIRONMENT.origin and ENVIRONMENT.origin.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_TLS else None
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "assises.web.refusals.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
LOOK: Final = Path(__file__).parent.parent / "look"
STATICFILES_DIRS = [str(LOOK / "pages"), str(LOOK / "fonts")]
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
WHITENOISE_MANIFEST_STRICT = True

# --- Time and words: ours, in look/speech; Django's stay in English and UTC -----------------------
USE_I18N = True
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS: list[str] = []
