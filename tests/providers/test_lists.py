"""What is kept of a provider's list of models, and what of it an admin has the last word on."""

import pytest

from chatsite.completions.listing import models_from
from chatsite.providers.kinds import Kind
from chatsite.providers.lists import MAX_LISTED_MODELS, keep
from chatsite.providers.models import MadeBy, Model, Provider
from chatsite.providers.serving import choices_for, default_for

pytestmark = pytest.mark.django_db

OPENAI = """babbage-002 dall-e-3 davinci-002 gpt-4-0613 gpt-4 gpt-3.5-turbo gpt-4o-audio-preview gpt-4o
    gpt-image-1 omni-moderation-latest text-embedding-3-small tts-1 whisper-1 gpt-4o-realtime-preview o1"""
OLLAMA = "all-minilm:latest bge-m3:latest llama3.2:3b nomic-embed-text:latest qwen3:8b"

# What each server lists, and the model that a new conversation then gets.
LISTS = {
    "OpenAI": ({"data": [{"id": name, "owned_by": "system"} for name in OPENAI.split()]}, "gpt-4-0613"),
    "Ollama": ({"data": [{"id": name, "owned_by": "library"} for name in OLLAMA.split()]}, "llama3.2:3b"),
    "OpenRouter": (
        {
            "data": [
                {"id": "google/gemini-image", "architecture": {"output_modalities": ["image"]}},
                {
                    "id": "z-ai/glm-4.6",
                    "architecture": {"output_modalities": ["text"]},
                    "context_length": 200_000,
                },
                {"id": "anthropic/claude", "architecture": {"modality": "text+image->text"}},
            ]
        },
        "z-ai/glm-4.6",
    ),
    "vLLM": ({"data": [{"id": "Qwen/Qwen3-8B", "owned_by": "vllm", "max_model_len": 8192}]}, "Qwen/Qwen3-8B"),
    "LM Studio": (
        {
            "data": [
                {"id": "text-embedding-nomic-embed-text-v1.5"},
                {"id": "a-model", "type": "embeddings"},
                {"id": "qwen"},
            ]
        },
        "qwen",
    ),
    "llama.cpp": (
        {
            "models": [{"name": "gemma.gguf", "capabilities": ["completion"]}],
            "data": [{"id": "gemma.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}}],
        },
        "gemma.gguf",
    ),
    "embedders alone": ({"data": [{"id": "bge-m3"}, {"id": "nomic-embed-text"}]}, None),
}


@pytest.fixture
def provider() -> Provider:
    return Provider.objects.create(name="Mine", base_url="http://127.0.0.1:9/v1")


def listed(provider, *names, **fields):
    keep(provider, models_from([{"id": name, **fields} for name in names]))
    Model.objects.pick()


def offered() -> list[str]:
    return [model.name for model in choices_for(None)]


@pytest.mark.parametrize(("payload", "first"), LISTS.values(), ids=LISTS.keys())
def test_a_new_conversation_gets_the_servers_first_model_for_chat(provider, payload, first):
    keep(provider, models_from(payload))
    default = default_for(None)
    assert (default and default.name) == first
    assert {model.kind for model in choices_for(None)} <= {Kind.CHAT}


def test_a_model_that_an_admin_added_stays_when_the_list_does_not_name_it(provider):
    Model.objects.create(provider=provider, name="tuned")
    listed(provider, "large")
    assert offered() == ["large", "tuned"]


def test_a_model_that_left_the_list_comes_back_with_what_an_admin_chose(provider):
    listed(provider, "large", "small")
    Model.objects.filter(name="large").update(title="The large one", default=True)
    listed(provider, "small")
    assert offered() == ["small"]
    listed(provider, "small", "large")
    assert default_for(None).title == "The large one"


def test_what_an_admin_withdrew_or_offered_stays_so(provider):
    listed(provider, "large", "bge-m3")
    Model.objects.filter(name="large").update(offered=False)
    Model.objects.filter(name="bge-m3").update(offered=True)
    listed(provider, "large", "bge-m3")
    assert offered() == ["bge-m3"]


def test_new_models_of_a_provider_are_offered_only_where_it_offers_them(provider):
    listed(provider, "large")
    provider.offers_new_models = False
    listed(provider, "large", "dear")
    assert offered() == ["large"]


def test_the_context_window_follows_the_list_unless_an_admin_set_it(provider):
    listed(provider, "large", "small", context_length=600)
    Model.objects.filter(name="small").update(context_window=1000)
    listed(provider, "large", "small", context_length=32_768)
    assert {model.name: model.window for model in Model.objects.all()} == {"large": 32_768, "small": 1000}


ROUTED = {
    "architecture": {"input_modalities": ["text", "image"]},
    "supported_parameters": ["tools"],
    "pricing": {"prompt": "0.000001", "completion": "0.000002"},
}


def test_what_a_list_says_a_model_can_fills_what_nobody_has_typed(provider):
    listed(provider, "large", **ROUTED)
    large = Model.objects.get()
    assert (large.abilities, large.can("reasoning"), large.prices) == (["images", "tools"], False, (1, 2))
    assert (large.images, large.input_price) == (None, None)
    assert large.cost(1_000_000, 1_000_000) == 3


def test_what_an_admin_typed_wins_over_every_list(provider):
    listed(provider, "large")
    Model.objects.update(images=False, reasoning=True, input_price=7)
    listed(provider, "large", **ROUTED)
    large = Model.objects.get()
    assert (large.abilities, large.prices) == (["tools", "reasoning"], (7, None))
    assert large.cost(1, 1) is None


def test_what_a_list_says_no_more_is_forgotten_but_not_of_a_model_that_left_it(provider):
    listed(provider, "large", "small", **ROUTED)
    listed(provider, "large")
    assert [model.abilities for model in Model.objects.order_by("name")] == [[], ["images", "tools"]]


def test_a_list_that_says_the_same_again_writes_nothing(provider, django_assert_num_queries):
    listed(provider, "large", context_length=600, **ROUTED)
    with django_assert_num_queries(1):
        keep(provider, models_from([{"id": "large", "context_length": 600, **ROUTED}]))


def test_a_list_that_has_not_changed_writes_nothing(provider, django_assert_num_queries):
    names = [f"model-{number}" for number in range(350)]
    listed(provider, *names)
    with django_assert_num_queries(1):
        keep(provider, models_from(names))


def test_a_list_without_end_is_kept_up_to_a_bound(provider):
    keep(provider, models_from([f"model-{number}" for number in range(MAX_LISTED_MODELS + 10)]))
    assert Model.objects.count() == MAX_LISTED_MODELS
    assert Model.objects.filter(made_by=MadeBy.LIST).count() == MAX_LISTED_MODELS


def test_a_name_that_is_listed_twice_is_one_model(provider):
    listed(provider, "large", "large")
    assert Model.objects.get().name == "large"


def test_what_is_no_name_is_no_model():
    """A name is a text that a person can see and a form can send."""
    names = [None, 5, True, ["list"], {"id": "inside"}, "", " ", "a\nb", "a\0b", "\u202ebackwards", "x" * 201]
    assert (
        models_from([*({"id": name} for name in names), *(name for name in names if name != names[4])]) == []
    )


def test_a_model_that_is_listed_twice_is_one():
    models = models_from([{"id": "a", "context_length": 5}, "b", " a ", {"id": "A"}])
    assert [(model.id, model.context_window) for model in models] == [("a", 5), ("b", None), ("A", None)]
