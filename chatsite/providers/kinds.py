"""What a model is for, by its server's list or its name."""

import re
from typing import Any

from django.db import models


class Kind(models.TextChoices):
    """Only models for chat are chosen by the site itself, and offered as soon as they are listed."""

    CHAT = "chat", "chat"
    TEXT = "text", "text without chat"
    EMBEDDING = "embedding", "embedding"
    RERANK = "rerank", "reranking"
    MODERATION = "moderation", "moderation"
    SPEECH = "speech", "speech or sound"
    IMAGE = "image", "images or video"
    OTHER = "other", "something else"


# The fields of a listed model that say what it is for, and the words that servers write into them.
_FIELDS = ("type", "model_type", "mode", "task", "pipeline_tag", "endpoints", "capabilities")
_LISTED_WORDS = {
    Kind.CHAT: "chat chat-completion chat-completions completion_chat conversational llm vlm image-text-to-text",
    Kind.TEXT: "base language text-completion",
    Kind.EMBEDDING: "embed embedding embeddings feature-extraction sentence-similarity text-embedding text-embeddings",
    Kind.RERANK: "rerank reranker reranking text-ranking",
    Kind.MODERATION: "moderation moderations text-classification",
    Kind.SPEECH: "audio audio_speech audio_transcription automatic-speech-recognition realtime speech speech-to-text "
    "stt text-to-audio text-to-speech transcribe transcription tts",
    Kind.IMAGE: "image image_generation image-generation text-to-image image-to-image text-to-video video "
    "video_generation",
    Kind.OTHER: "ocr responses",
}
_KIND_BY_WORD = {word: kind for kind, words in _LISTED_WORDS.items() for word in words.split()}
# Models for chat list these, too, as kinds of input.
_ABILITIES = frozenset({"audio", "image", "video", "speech", "realtime", "responses", "base", "language"})

# Words of names, in the order in which they decide. A name is split into words of letters and digits.
_NAMED = {
    Kind.RERANK: r"rerank\w*",
    Kind.MODERATION: r"\w*moderation|\w*guard\d*|guardian|shieldgemma",
    Kind.EMBEDDING: r"\w*embed\d*|\w*embedd(?:ing|er)\w*|\w*minilm\w*|bge|gte|e5|\w*sbert|mpnet|paraphrase|gtr|voyage"
    r"|stella|sentence t5|\w*clip|siglip\d*|\w*colbert\w*",
    Kind.SPEECH: r"\w*tts\d*|vits|whisper\w*|transcri\w+|realtime|audio|speech\w*|\w*voice|stt|asr|parakeet|kokoro|bark"
    r"|piper|canary|paraformer|sambert|orpheus|playai|musicgen|lyria|gemini live",
    Kind.IMAGE: r"dalle?|images?|imagen\d*|imagine|sdxl\w*|sd\d|stable diffusion|flux\d*|sora|veo|midjourney"
    r"|\w*video\w*|\w*t2[iv]|\w*i2v|kandinsky|ideogram|recraft\w*|seedream|seedance|cogview\w*|hidream|nano banana",
    Kind.TEXT: r"davinci|babbage|curie|ada|gpt 3 5 turbo instruct|base$",
    # The last four have another endpoint than that of chats.
    Kind.OTHER: r"aqa|\w*ocr|computer use|o\d pro|gpt 5(?: \d)? pro|(?:gpt 5(?: \d)? )?codex"
    r"|o\d(?: mini)? deep research",
}
_PATTERNS = {kind: re.compile(rf"(?:^| )(?:{words})(?= |$)") for kind, words in _NAMED.items()}


def kind_of(name: str, listed: dict[str, Any] | None = None) -> str:
    """Return the kind of a model; chat if nothing is known. `listed`: its object in the server's list."""
    listed = listed or {}
    return _kind_listed(listed) or _kind_of_output(listed) or _kind_named(name)


def _kind_listed(listed: dict[str, Any]) -> str | None:
    kinds = [
        _KIND_BY_WORD[word]
        for field in _FIELDS
        for word in _kind_words(listed, field)
        if word in _KIND_BY_WORD
    ]
    return Kind.CHAT if Kind.CHAT in kinds else next(iter(kinds), None)


def _kind_words(listed: dict[str, Any], field: str) -> list[str]:
    words = _words(listed.get(field))
    return [word for word in words if word not in _ABILITIES] if field == "capabilities" else words


def _words(value: Any) -> list[str]:
    """Return the words of a field: a text, a list of texts, or an object of flags."""
    if isinstance(value, dict):
        value = [name for name, is_so in value.items() if is_so is True]
    texts = value if isinstance(value, list) else [value]
    return [text.lower() for text in texts if isinstance(text, str)]


def _kind_of_output(listed: dict[str, Any]) -> str | None:
    """Return the kind by the output, as OpenRouter lists it: a list of modalities, or `text+image->text`."""
    architecture = listed.get("architecture")
    if not isinstance(architecture, dict):
        return None
    out = _words(architecture.get("output_modalities"))
    modality = architecture.get("modality")
    if not out and isinstance(modality, str) and "->" in modality:
        out = modality.lower().rpartition("->")[2].split("+")
    if "text" in out:
        return Kind.CHAT
    return next((_KIND_BY_WORD[word] for word in out if word in _KIND_BY_WORD), Kind.OTHER if out else None)


def _kind_named(name: str) -> str:
    words = " ".join(re.findall(r"[^\W_]+", name.rpartition("/")[2].lower()))
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(words)), Kind.CHAT)
