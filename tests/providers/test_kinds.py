"""What a model is for, read from real lists."""

import pytest

from chatsite.providers.kinds import Kind, kind_of

CHAT = """
gpt-4o gpt-4o-mini gpt-4.1-nano chatgpt-4o-latest gpt-4-0613 gpt-4-turbo-2024-04-09 gpt-3.5-turbo gpt-3.5-turbo-16k
o1 o1-2024-12-17 o3-mini o4-mini gpt-5 gpt-5-mini gpt-5-chat-latest gpt-4o-search-preview gpt-oss:20b
llama3.2:3b llama3.2-vision:11b qwen2.5-coder:7b qwen3:8b deepseek-r1:14b gemma3:4b-it-qat mistral:latest phi4:latest
hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M mixtral:8x7b smollm2:135m llava:7b codellama:13b-instruct command-r
openai/gpt-4o anthropic/claude-3.5-sonnet google/gemini-2.0-flash-001 deepseek/deepseek-chat:free
meta-llama/Llama-3.1-8B-Instruct Qwen/Qwen2.5-VL-7B-Instruct-AWQ mistralai/Pixtral-12B-2409 models/gemini-2.5-pro
mistral-large-latest codestral-latest llama-3.3-70b-versatile moonshotai/kimi-k2-instruct claude-sonnet-4-20250514
grok-3 sonar-pro sonar-deep-research deepseek-reasoner qwen2.5-0.5b-instruct-q8_0.gguf my-fine-tune
ft:gpt-4o-mini:acme::8XyZ
default gpt-35-turbo phi-4-multimodal-instruct qwen2.5-omni-7b voxtral-small-24b learnlm-2.0-flash-experimental
"""

OTHERS = {
    Kind.EMBEDDING: """all-minilm:latest bge-m3:latest nomic-embed-text:latest mxbai-embed-large snowflake-arctic-embed2
        embeddinggemma:300m paraphrase-multilingual:latest granite-embedding:278m text-embedding-3-small
        text-embedding-ada-002 text-embedding-nomic-embed-text-v1.5 mistral-embed models/gemini-embedding-001
        BAAI/bge-large-en-v1.5 intfloat/e5-mistral-7b-instruct Alibaba-NLP/gte-Qwen2-7B-instruct Qwen/Qwen3-Embedding-8B
        sentence-transformers/all-MiniLM-L6-v2 jina-embeddings-v3 voyage-3-large embed-english-v3.0
        dengcao/Qwen3-Embedding-0.6B:F16 bge-base-en-v1.5 codestral-embed-2505 nomic-embed-text-v1.5.Q8_0.gguf""",
    Kind.RERANK: "BAAI/bge-reranker-v2-m3 jina-reranker-v2-base-multilingual rerank-v3.5 Qwen/Qwen3-Reranker-0.6B",
    Kind.MODERATION: "omni-moderation-latest text-moderation-stable meta-llama/Llama-Guard-4-12B llama-guard3:8b "
    "mistral-moderation-latest shieldgemma:9b granite3-guardian:8b qwen3guard-gen-8b",
    Kind.SPEECH: """whisper-1 tts-1 tts-1-hd gpt-4o-mini-tts gpt-4o-transcribe gpt-4o-realtime-preview gpt-audio
        gpt-4o-audio-preview-2024-12-17 distil-whisper-large-v3-en whisper-large-v3-turbo playai-tts-arabic
        xtts-v2 cosyvoice-v2 paraformer-v2 nvidia/canary-1b
        models/gemini-2.5-flash-preview-tts gpt-realtime-mini Systran/faster-whisper-base kokoro-82m
        gemini-2.5-flash-native-audio-latest voxtral-mini-transcribe-2507""",
    Kind.IMAGE: """dall-e-2 dall-e-3 gpt-image-1 chatgpt-image-latest stable-diffusion-3.5-large
        black-forest-labs/FLUX.1-schnell models/imagen-4.0-generate-001
        models/veo-3.0-generate-preview sora-2 sdxl-turbo grok-2-image-1212 qwen-image
        wan2.1-t2v-14b gpt-image-1-mini""",
    Kind.TEXT: "babbage-002 davinci-002 gpt-3.5-turbo-instruct-0914 text-davinci-003 qwen2.5-7b-base",
    Kind.OTHER: "computer-use-preview o1-pro o3-pro-2025-06-10 gpt-5-codex gpt-5.1-codex-mini gpt-5-pro "
    "codex-mini-latest o4-mini-deep-research mistral-ocr-latest models/aqa",
}


@pytest.mark.parametrize("name", CHAT.split())
def test_a_model_for_chat_is_taken_for_one_by_its_name(name):
    assert kind_of(name, {"id": name, "object": "model", "owned_by": "somebody"}) == Kind.CHAT


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in OTHERS for name in OTHERS[kind].split()])
def test_a_model_that_is_not_for_chat_is_told_by_its_name(kind, name):
    assert kind_of(name, {"id": name, "object": "model", "owned_by": "somebody"}) == kind


LISTED = {
    "LM Studio": ({"type": "embeddings", "state": "loaded", "max_context_length": 2048}, Kind.EMBEDDING),
    "LM Studio, seeing": ({"type": "vlm"}, Kind.CHAT),
    "Together, chat": ({"type": "chat"}, Kind.CHAT),
    "Together, base": ({"type": "language"}, Kind.TEXT),
    "Together, images": ({"type": "image"}, Kind.IMAGE),
    "xinference": ({"model_type": "rerank"}, Kind.RERANK),
    "LiteLLM": ({"mode": "audio_transcription"}, Kind.SPEECH),
    "Mistral": (
        {"capabilities": {"completion_chat": True, "vision": True, "audio_transcription": True}},
        Kind.CHAT,
    ),
    "Mistral, reading": ({"capabilities": {"completion_chat": False, "ocr": True}}, Kind.OTHER),
    "llama.cpp": ({"capabilities": ["completion", "multimodal"], "meta": {"n_ctx": 4096}}, Kind.CHAT),
    "hearing chat": ({"capabilities": ["audio", "image"]}, Kind.CHAT),
    "Cohere": ({"endpoints": ["embed", "classify"]}, Kind.EMBEDDING),
    "GitHub": ({"task": "chat-completion"}, Kind.CHAT),
    "OpenRouter": (
        {"architecture": {"modality": "text+image->text", "output_modalities": ["text"]}},
        Kind.CHAT,
    ),
    "OpenRouter, drawing": ({"architecture": {"output_modalities": ["image", "text"]}}, Kind.CHAT),
    "OpenRouter, drawing alone": ({"architecture": {"output_modalities": ["image"]}}, Kind.IMAGE),
    "OpenRouter, vectors": ({"architecture": {"modality": "text->embeddings"}}, Kind.EMBEDDING),
    "nonsense": (
        {"type": 7, "capabilities": "?", "architecture": {"modality": ["->"]}, "mode": None},
        Kind.CHAT,
    ),
}


@pytest.mark.parametrize(("listed", "kind"), LISTED.values(), ids=LISTED.keys())
def test_what_the_servers_list_says_counts_before_the_name(listed, kind):
    assert kind_of("acme-1", listed) == kind
