"""What a link shows. A link that does not work looks like one that never did."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chatsite.history.sharing import passphrases
from chatsite.history.sharing.models import Share
from chatsite.history.sharing.page import page
from chatsite.response_threads import in_threads

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


# Without a referrer, browsers name no origin with a form, so its token could not be checked. The form changes nothing.
@csrf_exempt
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request, token: str):
    """The conversation that this link shares."""
    response = _response(request, token)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _response(request, token: str):
    share = Share.objects.by_token(token)
    if (share is None or share.needs_sign_in) and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if share is None:
        return render(request, "history/shared_nothing.html", status=404)
    return _locked(request, share) if share.passphrase else _opened(request, share)


def _locked(request, share: Share):
    if request.method != "POST":
        return render(request, "history/shared_locked.html")
    try:
        passphrases.check(request, share, request.POST.get("passphrase", ""))
    except passphrases.Refused as refused:
        return render(request, "history/shared_locked.html", {"refused": refused}, status=refused.status)
    return _opened(request, share)


def _opened(request, share: Share):
    if request.method == "HEAD":
        return HttpResponse()
    response = StreamingHttpResponse(in_threads(page(share)))
    # Compressing it as it comes would hold the event loop, where all answers are sent.
    response["Content-Encoding"] = "identity"
    return response
