"""The matter, and its steps."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from muster.lib.refusal import Refusal
from muster.loop.act import VERBS
from muster.loop.contact import Contact
from muster.loop.matter import Matter
from muster.loop.nouns import NOUNS
from muster.loop.words import STEPS
from muster.people.person import Reveal
from muster.web.matterpage import MatterPage
from muster.web.referrals import referred
from muster.web.scope import person_of
from muster.web.seen import seen
from muster.web.stepform import StepForm, with_new_id


@require_GET
def matter(request: HttpRequest, pk: UUID) -> HttpResponse:
    page = seen(request, pk)
    return render(
        request,
        "matters/matter.html",
        {"section": "matters", "page": page, "matter": page.matter, "referred": referred(page)},
    )


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: UUID, noun: str) -> HttpResponse:
    """One step: its form, and taking it. What was typed and handed in stays when it is refused."""
    verb = NOUNS.get(noun)
    if not verb:
        raise Http404
    looked = seen(request, pk).matter
    form = StepForm(request, looked, verb)
    status = 200
    if request.method == "POST":
        try:
            form.keep_files()
            if form.is_valid():
                return _taken(request, looked, verb, form)
            status = 422
        except Refusal as refusal:
            with_new_id(form, refusal)
            form.add_error(None, str(refusal))
            status = refusal.status
    page = MatterPage(Matter.objects.get(pk=looked.pk), person_of(request))
    context = {
        "section": "matters", "form": form, "matter": page.matter, "page": page, "words": STEPS[verb], "noun": noun,
        "blocked": _blocked(page, verb), "evidence_needed": page.evidence_needed(verb),
        "question": page.question(verb),
    }  # fmt: skip
    return render(request, "matters/step.html", context, status=status)


@require_POST
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the telephone number of who asked, once, to who gave a reason; both are kept."""
    page = seen(request, pk)
    reason = request.POST.get("reason", "").strip()
    if not page.contact:
        raise Http404
    if not reason:
        messages.error(request, _("Give a reason; it is kept with your name."))
        return redirect("matter", pk=pk)
    Reveal.objects.create(by=person_of(request), of_matter=pk, reason=reason)
    shown: Contact = page.contact
    return render(request, "matters/contact.html", {"matter": page.matter, "contact": shown, "section": "matters"})


def _taken(request: HttpRequest, seen: Matter, verb: str, form: StepForm) -> HttpResponse:
    getattr(seen, verb)(by=person_of(request), id=form.cleaned_data["id"], **form.asked())
    messages.success(request, _("Recorded: %(step)s.") % {"step": STEPS[verb].name}, extra_tags="recorded")
    if verb == "sweep":
        return redirect("sweep", pk=form.cleaned_data["id"])
    still = Matter.objects.seen_by(person_of(request)).filter(pk=seen.pk).exists()
    return redirect("matter", pk=seen.pk) if still else redirect("work")


def _blocked(page: MatterPage, verb: str) -> str:
    """Why this person can't take the step now; empty when they can."""
    try:
        VERBS[verb].admit(page.actor, page.matter, page.situation)
    except Refusal as refusal:
        return str(refusal)
    return ""


urlpatterns = [
    path("matters/<uuid:pk>/", matter, name="matter"),
    path("matters/<uuid:pk>/contact/", contact, name="contact"),
    path("matters/<uuid:pk>/<slug:noun>/", step, name="step"),
]
