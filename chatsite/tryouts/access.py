"""Who may try which question of a past conversation, and what of it may be kept."""

from chatsite.conversations.models import Role
from chatsite.conversations.staff_reading import MAY_READ
from chatsite.prompts.models.case import MAX_CASE_MESSAGES
from chatsite.tryouts.models import Tryout
from chatsite.tryouts.past_questions import Question, is_shared


def is_own(user, question: Question) -> bool:
    return question.message.conversation.owner_id == user.pk


def may_read(user) -> bool:
    """Whether the person may read what others said, with a reason that these see."""
    return user.has_perm(MAY_READ)


def may_see(user, tryout: Tryout) -> bool:
    """Whether the person, who tried it, may still see what was said there."""
    if tryout.question is None or tryout.question.conversation.owner_id == user.pk:
        return True
    # To share an answer is to share its question, and nothing that was said before.
    is_question_alone = len(tryout.messages) == 1
    return may_read(user) or is_question_alone and is_shared(tryout.question_id)


def why_not_kept(tryout: Tryout) -> str:
    """Return why its messages cannot become a case, which all editors see for good; empty where they can."""
    if tryout.question and tryout.question.conversation.owner_id != tryout.owner_id:
        return "What somebody else said stays in their conversation: a case would keep it for all editors."
    if len(tryout.messages) > MAX_CASE_MESSAGES:
        return f"It has {len(tryout.messages)} messages; a case has at most {MAX_CASE_MESSAGES}."
    if [each["role"] for each in tryout.messages] != _by_turns(len(tryout.messages)):
        return "A person and the model do not take turns in it, as they do in a case."
    return ""


def _by_turns(count: int) -> list[str]:
    """Return the roles of `count` messages, which begin and end with a person's."""
    return [Role.ASSISTANT if number % 2 else Role.USER for number in range(count | 1)]
