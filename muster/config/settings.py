"""Settings, read once from the environment; what can't be right stops the start and says why.

MUSTER_DATABASE   connection string that the `muster` command hands down (embedded or MUSTER_DATABASE_URL)
MUSTER_DATA       folder for the embedded database, evidence and secrets
MUSTER_HOSTS      host names that pages are served under, with a port that isn't 443, separated by commas
MUSTER_HTTPS      1 when served over HTTPS: cookies are then for HTTPS only
MUSTER_TILES      address of map tiles, as https://tiles.example.org/{z}/{x}/{y}.png; without it, maps show outlines alone
MUSTER_TILES_CREDIT  whose tiles they are, as the map says it
MUSTER_WEBHOOK_HOSTS  hosts that webhooks may tell, with a port where only that, separated by commas; "*" for any
MUSTER_SECRET_KEY signing key; without it, one is made and kept in the data folder
LANG              language of the command and of the logs: Chinese where it begins with zh, else English
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from muster.config.secret import secret_key
from muster.server.location import data_dir, database_url

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir()
FILES_DIR = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = None

HTTPS = os.environ.get("MUSTER_HTTPS", "") == "1"
SECRET_KEY = secret_key(DATA_DIR)
DEBUG = False
HOSTS = [host.strip() for host in os.environ.get("MUSTER_HOSTS", "").split(",") if host.strip()]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(host.split(":")[0] for host in HOSTS)]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS if HTTPS]


#: Bound and, from the fifth time on, planned once by the server: half of a verb's SQL was planning.
PREPARED = {"server_side_binding": True, "prepare_threshold": 5}


def database() -> dict[str, Any]:
    """Django's view of the connection string; without one, a name that says what to do."""
    given = os.environ.get("MUSTER_DATABASE") or database_url() or "dbname=started_by_the_muster_command"
    parts = dict(conninfo_to_dict(given))
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{key: str(parts.pop(name)) for name, key in named.items() if parts.get(name)},
        "OPTIONS": {**parts, "pool": {"min_size": 1, "max_size": 12, "timeout": 10}, **PREPARED},
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database()}


def tile_origin(address: str) -> list[str]:
    """Where pages may load map tiles from; nowhere unless it was set."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"] if parts.netloc else []


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
    "allauth.usersessions",
    "axes",
    "leaflet",
    "procrastinate.contrib.django",
    "muster",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "muster.web.middleware.policy",
    "muster.web.middleware.whitenoise",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "muster.web.middleware.locale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "muster.web.middleware.messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "muster.web.middleware.incident_zone",
    "muster.web.middleware.second_factor",
    "muster.web.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "muster.config.urls"
WSGI_APPLICATION = "muster.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "muster.web.context.frame",
            ],
            "builtins": ["muster.web.templatetags.look"],
            "libraries": {"bulk": "muster.web.templatetags.bulk", "signing": "muster.web.templatetags.signing"},
        },
    }
]

AUTH_USER_MODEL = "muster.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "muster.web.session.Backend",
]
PASSWORD_HASHERS = ["muster.web.hashing.BoundedArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "muster.web.signing.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "muster.web.signforms.LoginForm",
    "change_password": "muster.web.signforms.ChangePasswordForm",
    "reauthenticate": "muster.web.signforms.ReauthenticateForm",
}
# Of failed sign-ins only wrong codes are counted here, for each person; wrong passwords are axes' (the adapter says so).
# A headquarters may sit behind one address, so all sign-ins of an address get room for the change of shifts.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key", "login": "120/m/ip"}
MFA_ADAPTER = "muster.web.secondfactor.FactorAdapter"
MFA_FORMS = {
    "authenticate": "muster.web.signforms.AuthenticateForm",
    "reauthenticate": "muster.web.signforms.ReauthenticateByCodeForm",
    "activate_totp": "muster.web.signforms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Muster 集结"
# Following every request would write to the database at every request.
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "muster.web.signing.locked_out"
AXES_USERNAME_CALLABLE = "muster.web.signing.name_tried"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_ENGINE = "muster.web.session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
WEBHOOK_HOSTS = [host.strip() for host in os.environ.get("MUSTER_WEBHOOK_HOSTS", "").split(",") if host.strip()]
TILES = {"url": os.environ.get("MUSTER_TILES", ""), "credit": os.environ.get("MUSTER_TILES_CREDIT", "")}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *tile_origin(TILES["url"])],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
# Several processes serve: what counts attempts and remembers used codes stands in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limit",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# What the command and the logs speak; pages speak their reader's language.
LANGUAGE_CODE = "zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_IMPORT_PATHS = ["muster.worker.timers"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
