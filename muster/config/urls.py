"""Composition of addresses: pages and the API."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("muster.web.urls")),
]
