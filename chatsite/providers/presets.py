"""What is known of common model servers, so that an admin need not look it up."""

from typing import NamedTuple


class Preset(NamedTuple):
    """A model server that many people use. `hint`: a sentence on what remains to be filled in."""

    slug: str
    name: str
    base_url: str
    hint: str


_NO_KEY = "It needs no API key unless you started it with one."
PRESETS = (
    Preset(
        "openai", "OpenAI", "https://api.openai.com/v1", "Make a key at platform.openai.com, under API keys."
    ),
    Preset(
        "azure",
        "Azure OpenAI",
        "https://RESOURCE.openai.azure.com/openai/v1",
        "Write the name of your resource instead of RESOURCE. The key is in the Azure portal, under Keys and Endpoint. "
        "Deployments are not listed: add them as models by hand.",
    ),
    Preset("ollama", "Ollama", "http://127.0.0.1:11434/v1", "It needs no API key."),
    Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", _NO_KEY),
    Preset("llama-cpp", "llama.cpp", "http://127.0.0.1:8080/v1", _NO_KEY),
    Preset(
        "lm-studio",
        "LM Studio",
        "http://127.0.0.1:1234/v1",
        "It needs no API key. Start its server under Developer.",
    ),
    Preset(
        "openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "Make a key at openrouter.ai, under Keys."
    ),
    Preset(
        "mistral", "Mistral", "https://api.mistral.ai/v1", "Make a key at console.mistral.ai, under API keys."
    ),
    Preset(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        "Make a key at platform.deepseek.com, under API keys.",
    ),
    Preset(
        "groq", "Groq", "https://api.groq.com/openai/v1", "Make a key at console.groq.com, under API keys."
    ),
    Preset("g4f", "gpt4free", "http://127.0.0.1:1337/v1", _NO_KEY),
    Preset("other", "Another server", "", "Any server that answers at …/chat/completions as OpenAI's does."),
)
BY_SLUG = {preset.slug: preset for preset in PRESETS}
