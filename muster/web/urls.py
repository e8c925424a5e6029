"""Addresses of pages: the noun is the file's name."""

from __future__ import annotations

from django.urls import URLPattern

from muster.web import evidence, intake, matters, organisations, packs, people, places, proposals, shell, signing, work

urlpatterns: list[URLPattern] = [
    *shell.urlpatterns,
    *signing.urlpatterns,
    *work.urlpatterns,
    *intake.urlpatterns,
    *matters.urlpatterns,
    *evidence.urlpatterns,
    *proposals.urlpatterns,
    *people.urlpatterns,
    *organisations.urlpatterns,
    *places.urlpatterns,
    *packs.urlpatterns,
]
