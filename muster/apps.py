from django.apps import AppConfig


class MusterConfig(AppConfig):
    name = "muster"
    default_auto_field = "django.db.models.BigAutoField"
