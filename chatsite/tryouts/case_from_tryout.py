"""Keep what was tried as a case of its prompt."""

from django.contrib import messages
from django.http import HttpResponseRedirect

from chatsite.prompts.admin.cases import form_page, refused_as_full
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.tryouts.access import why_not_kept
from chatsite.tryouts.models import Tryout
from chatsite.tryouts.pages import address, tried_or_404

MAX_NAME_WORDS = 8


def keep_case(admin, request, prompt_id: int, pk: int):
    """GET shows the form of a case with the messages of a tryout; POST adds the case."""
    tried = tried_or_404(request, prompt_id, pk)
    prompt = tried.prompt
    if refused := why_not_kept(tried) or refused_as_full(prompt):
        admin.message_user(request, refused, messages.WARNING)
        return HttpResponseRedirect(address("shown", prompt_id, pk))
    case = PromptCase(prompt=prompt, name=_name(tried), messages=tried.messages)
    return form_page(admin.admin_site.get_model_admin(SystemPrompt), request, prompt, case, "Added")


def _name(tried: Tryout) -> str:
    """Return the first words of what was asked, to be changed."""
    words = tried.messages[-1]["text"].split()[:MAX_NAME_WORDS]
    return " ".join(words)[: PromptCase._meta.get_field("name").max_length].strip()
