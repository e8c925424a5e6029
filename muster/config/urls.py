"""Composition of addresses: pages and the API."""

from __future__ import annotations

from django.urls import include, path

from muster.api.app import api, nowhere, strictly

routes, namespace, name = api.urls
for route in routes:
    # The API answers 401 itself where nobody is signed in; pages lead to the sign-in.
    route.callback = strictly(route.callback or nowhere)
    setattr(route.callback, "login_required", False)  # noqa: B010 - Django reads it off the view

urlpatterns = [
    path("api/", (routes, namespace, name)),
    # What the API has no address for is told as everything else there is.
    path("api/<path:rest>", nowhere),
    path("", include("muster.web.urls")),
]
