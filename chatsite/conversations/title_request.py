"""The request for a title, and how a model's answer is read."""

import json
import re

from chatsite.conversations.texts import storable
from chatsite.conversations.title_cut import cut
from chatsite.conversations.titles import FENCE, plain

MAX_WORDS = 6
MAX_TITLE_CHARACTERS = 60
# Characters of a title in a script without blanks: about six words.
MAX_UNSPACED_CHARACTERS = 24
# An answer of more words is not a title, but something else that the model wanted to say.
MAX_ANSWER_WORDS = 25
# What is longer than this is read no further: a server may send any number of characters at once.
MAX_READ_CHARACTERS = 2_000
# Characters of the person's message and of the answer that are sent.
MAX_QUESTION_CHARACTERS = 1500
MAX_REPLY_CHARACTERS = 600

INSTRUCTION = (
    f"Write a title for the conversation below: at most {MAX_WORDS} words, in the language of the conversation, "
    "as plain text. Reply with the title alone: no quotes, no label, no full stop, no explanation."
)
THOUGHTS = re.compile(
    r"<(think|thinking|thought|reasoning)\b[^>]*>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE
)
END_OF_THOUGHTS = re.compile(r".*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
CONTROL_TOKENS = re.compile(r".*<\|message\|>|<\|[^|<>]*\|>|</?s>|\[/?INST\]", re.DOTALL)
TAGS = re.compile(r"</?title[^>]*>", re.IGNORECASE)
OBJECT = re.compile(r"\{\s*\"")
LABEL = re.compile(
    r"(?:(?:here(?:'s| is)|sure|the|a|my|suggested|suggestion|possible|short|conversation|chat|for|this|of)[\s,!.]+)*"
    r"(?:conversation |chat )?"
    r"(?:title|titel|titre|título|titulo|titolo|tytuł|název|başlık|tiêu đề|judul|otsikko|rubrik"
    r"|заголовок|название|назва|τίτλος|标题|標題|題名|タイトル|件名|제목|عنوان|כותרת|शीर्षक)"
    r"(?:\s+(?:for|of)\s+[^:：]{1,40})?\s*[:：]\s*",
    re.IGNORECASE,
)
QUOTES = (
    '""',
    "''",
    "``",
    "“”",
    "„“",
    "„”",
    "‘’",
    "‚‘",
    "«»",
    "»«",
    "‹›",
    "「」",
    "『』",
    "《》",
    "〈〉",
    "【】",
    "[]",
)
REFUSAL = re.compile(
    r"(?:i['’]?m sorry|i am sorry|sorry\b|i apologi[sz]e|i (?:can(?:no|['’])t|am unable|am not able|do not|don['’]t)\b"
    r"|i['’]m (?:unable|not able|just an)|as an ai\b|unfortunately\b|please provide\b|error:"
    r"|es tut mir leid|tut mir leid|ich kann (?:leider|nicht)|leider\b|(?:je suis )?désolée?\b|je ne peux pas"
    r"|lo siento|no puedo|desculpe|mi dispiace|извините|к сожалению|я не могу"
    r"|(?:很|非常)?抱歉|对不起|對不起|申し訳|すみません|죄송)",
    re.IGNORECASE,
)
NOTHING = {
    "title",
    "titel",
    "untitled",
    "new chat",
    "new conversation",
    "conversation",
    "none",
    "null",
    "n/a",
    "no title",
}


def title_request(question: str, reply: str) -> list[dict[str, str]]:
    """Return the messages to send. `question` and `reply`: the turn that the title is made from."""
    said = (
        f"Person:\n{_ends(question, MAX_QUESTION_CHARACTERS)}\n\nReply:\n{_ends(reply, MAX_REPLY_CHARACTERS)}"
    )
    return [{"role": "user", "content": f"{INSTRUCTION}\n\n{said}\n\nTitle:"}]


def title_in(answer: str) -> str:
    """Return the title in a model's answer; empty where it has none, such as in a refusal."""
    answer = CONTROL_TOKENS.sub("", THOUGHTS.sub("", answer[:MAX_READ_CHARACTERS]))
    answer = END_OF_THOUGHTS.sub("", answer)
    lines = [
        plain(line)
        for line in storable(_unpacked(TAGS.sub("", answer))).splitlines()
        if not FENCE.match(line)
    ]
    titles = [title for line in lines if (title := _bare(line))]
    if len(titles) > 1 and _announces(next(line for line in answer.splitlines() if line.strip())):
        titles.pop(0)
    title = titles[0] if titles else ""
    if not re.search(r"\w", title) or title.lower() in NOTHING or REFUSAL.match(title):
        return ""
    return _shortened(title)


def _ends(text: str, most: int) -> str:
    """Return a text, or its beginning and its end: a question often follows what it is about."""
    if len(text) <= most:
        return text
    return f"{text[: most * 2 // 3]}\n…\n{text[-(most // 3) :]}"


def _unpacked(answer: str) -> str:
    """Return the title in a JSON object, or the answer. An answer that is an object without a title has none."""
    begun = OBJECT.search(answer)
    if begun is None:
        return answer
    is_object = not answer[: begun.start()].rpartition("\n")[2].strip(" [")
    try:
        found, _ = json.JSONDecoder().raw_decode(answer, begun.start())
    except (ValueError, RecursionError):
        found = {}
    titles = (value for name, value in found.items() if name.lower() == "title" and isinstance(value, str))
    return next(titles, "" if is_object else answer)


def _announces(line: str) -> bool:
    """Return whether a line only says that a title follows."""
    return line.rstrip(" *_").endswith((":", "："))


def _bare(line: str) -> str:
    """Return a line without a label, the quotes around it and the dot at its end."""
    before = None
    while line != before:
        before = line
        line = plain(LABEL.sub("", line, count=1) if LABEL.match(line) else line).strip()
        if len(line) > 2 and line[0] + line[-1] in QUOTES and line[-1] not in line[1:-1]:
            line = line[1:-1].strip()
        if line.endswith(("。", "．")) or (line.endswith(".") and "." not in line.split()[-1][:-1]):
            line = line[:-1].rstrip()
    return line


def _shortened(title: str) -> str:
    words = title.split()
    if len(words) > MAX_ANSWER_WORDS:
        return ""
    if len(words) > MAX_WORDS:
        title = " ".join(words[:MAX_WORDS]).rstrip(",;:-–—") + "…"
    is_unspaced = len(words) <= 2 and len(title) > MAX_UNSPACED_CHARACTERS and not title.isascii()
    return cut(
        title,
        MAX_UNSPACED_CHARACTERS if is_unspaced and len(title) / len(words) > 12 else MAX_TITLE_CHARACTERS,
    )
