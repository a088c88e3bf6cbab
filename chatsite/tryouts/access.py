"""Who may try which question of a past conversation."""

from chatsite.conversations.reading import MAY_READ
from chatsite.tryouts.models import Tryout
from chatsite.tryouts.past import Question, is_shared


def is_own(user, question: Question) -> bool:
    return question.message.conversation.owner_id == user.pk


def may_read(user) -> bool:
    """Whether the person may read what others said, with a reason that these see."""
    return user.has_perm(MAY_READ)


def may_see(user, tryout: Tryout) -> bool:
    """Whether the person, who tried it, may still see what was said there."""
    if tryout.question is None or tryout.question.conversation.owner_id == user.pk:
        return True
    return may_read(user) or is_shared(tryout.question_id)
