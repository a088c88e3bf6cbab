"""What the lists of servers say of a model beside its name."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsite.completions.listing import models_from
from chatsite.providers.listed import COLUMNS, columns

NAMES = ("window", "images", "tools", "reasoning", "input_price", "output_price")
# A list with one model as each server writes it, and what it says: the window, three abilities, two prices.
SERVERS = {
    "OpenRouter": (
        {
            "id": "a",
            "context_length": 131072,
            "architecture": {"modality": "text+image->text", "input_modalities": ["text", "image"]},
            "supported_parameters": ["max_tokens", "reasoning", "include_reasoning", "tools", "tool_choice"],
            "pricing": {"prompt": "0.00000015", "completion": "0.0000006", "image": "0", "request": "0"},
        },
        (131072, True, True, True, "0.15", "0.6"),
    ),
    "OpenRouter, a model of texts that costs nothing": (
        {
            "id": "a",
            "architecture": {"input_modalities": ["text"]},
            "supported_parameters": ["max_tokens"],
            "pricing": {"prompt": "0", "completion": "0"},
        },
        (None, False, False, False, "0", "0"),
    ),
    "OpenRouter, a router": ({"id": "a", "pricing": {"prompt": "-1", "completion": "-1"}}, (None,) * 6),
    "OpenRouter, of old": (
        {"id": "a", "architecture": {"modality": "text->text"}},
        (None, False, None, None, None, None),
    ),
    "a server behind OpenRouter": (
        {
            "id": "a",
            "input_modalities": ["text"],
            "supported_features": ["tools", "json_mode"],
            "pricing": {"prompt": "0.0000005", "completion": "0.000002"},
        },
        (None, False, True, False, "0.5", "2"),
    ),
    "Mistral": (
        {
            "id": "a",
            "max_context_length": 32768,
            "capabilities": {"completion_chat": True, "function_calling": True, "vision": False},
            "type": "base",
        },
        (32768, False, True, None, None, None),
    ),
    "LM Studio": (
        {"id": "a", "type": "vlm", "max_context_length": 8192, "capabilities": ["tool_use"]},
        (8192, True, True, None, None, None),
    ),
    "LM Studio, its newer interface": (
        {"id": "a", "type": "llm", "capabilities": {"vision": False, "trained_for_tool_use": True}},
        (None, False, True, None, None, None),
    ),
    "Ollama": (
        {"id": "a", "capabilities": ["completion", "vision", "tools", "thinking"]},
        (None, True, True, True, None, None),
    ),
    "vLLM": ({"id": "a", "max_model_len": 4096}, (4096, None, None, None, None, None)),
    "Fireworks": (
        {"id": "a", "context_length": 4096, "supports_image_input": False, "supports_tools": True},
        (4096, False, True, None, None, None),
    ),
    "Together": (
        {"id": "a", "type": "chat", "pricing": {"input": 0.88, "output": 1, "hourly": 0, "base": 0}},
        (None, None, None, None, "0.88", "1"),
    ),
    "Together, a model that costs by the hour": (
        {"id": "a", "pricing": {"input": 0, "output": 0, "hourly": 3}},
        (None,) * 6,
    ),
    "DeepInfra": (
        {
            "id": "a",
            "metadata": {
                "context_length": 4096,
                "tags": ["vision", "reasoning"],
                "pricing": {"input_tokens": 0.08, "output_tokens": 0.3},
            },
        },
        (4096, True, None, True, "0.08", "0.3"),
    ),
    "Vercel": (
        {
            "id": "a",
            "context_window": 200000,
            "tags": ["tool-use", "vision"],
            "pricing": {"input": "0.000003", "output": "0.000015"},
        },
        (200000, True, True, None, "3", "15"),
    ),
    "Copilot": (
        {"id": "a", "capabilities": {"supports": {"tool_calls": True, "vision": False}, "type": "chat"}},
        (None, False, True, None, None, None),
    ),
}


def said(payload: Any) -> tuple:
    found = columns(models_from(payload)[0])
    assert tuple(found) == COLUMNS
    return tuple(found[f"listed_{name}"] for name in NAMES)


@pytest.mark.parametrize(("model", "expected"), SERVERS.values(), ids=SERVERS.keys())
def test_what_a_server_says_of_a_model_is_found(model, expected):
    *abilities, input_price, output_price = expected
    prices = [price and Decimal(price) for price in (input_price, output_price)]
    assert said({"data": [model]}) == (*abilities, *prices)


def test_llama_cpp_says_in_a_second_list_what_a_model_can():
    models = [{"name": "a.gguf", "capabilities": ["completion", "multimodal"]}, "x", {"name": 3}]
    data = [{"id": "a.gguf", "meta": {"n_ctx": 8192, "n_ctx_train": 131072}}, {"id": "b"}]
    payload = {"models": models, "data": data}
    assert said(payload) == (8192, True, None, None, None, None)
    assert columns(models_from(payload)[1])["listed_images"] is None


@pytest.mark.parametrize(
    "pricing",
    [
        *[
            {"prompt": price, "completion": "0.000001"}
            for price in ("NaN", "sNaN", "Infinity", "-0.1", "1e99")
        ],
        *[
            {"prompt": price, "completion": "0.000001"}
            for price in ("x", "", "9" * 50, None, True, [1], "0.5")
        ],
        *[{"input": price, "output": 1} for price in (-1, 10**400, 1e300, float("nan"), 0.0000003, True)],
        {"prompt": "0.000001"},
        {"input": 1},
        [1, 2],
        "free",
        None,
    ],
)
def test_a_price_that_cannot_be_one_is_not_said(pricing):
    assert said([{"id": "a", "pricing": pricing}]) == (None,) * 6


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["image", "1e99"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [
    *[
        "capabilities",
        "features",
        "tags",
        "type",
        "architecture",
        "metadata",
        "pricing",
        "modality",
        "supports",
    ],
    *["input_modalities", "supported_parameters", "supported_features", "supports_vision", "prompt", "input"],
]
objects = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=6)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(objects, st.sampled_from(FIELDS), objects)
def test_nothing_that_a_server_can_write_fails(model, field, inner):
    window, *abilities, input_price, output_price = said([{**model, field: inner, "id": "a"}])
    assert all(is_so in (True, False, None) for is_so in abilities)
    assert (input_price is None) == (output_price is None)
