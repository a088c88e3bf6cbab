"""The list of models that a server offers."""

from typing import Any

from chatsite.completions.errors import ProtocolError
from chatsite.completions.failures import upstream_error
from chatsite.completions.redaction import MIN_SECRET, Secrets
from chatsite.completions.surrogates import mended
from chatsite.completions.types import Model
from chatsite.completions.usage import whole_number

# The window that the server was started with comes before the one that the model was trained for.
_WINDOW_FIELDS = (
    "n_ctx",
    "loaded_context_length",
    "max_model_len",
    "context_window",
    "context_length",
    "max_context_length",
    "n_ctx_train",
)
# Where servers put those fields beside the model's own object: llama.cpp, OpenRouter and DeepInfra.
_NESTED = ("meta", "top_provider", "metadata")
MAX_NAME_CHARACTERS = 200
MAX_WINDOW_TOKENS = 2**31 - 1


def model_from(raw: dict[str, Any]) -> Model:
    """One listed model; the context window is read from whichever field the server has for it."""
    owner = raw.get("owned_by")
    return Model(
        _name(raw),
        mended(owner) if isinstance(owner, str) else "",
        whole_number(raw.get("created")) or 0,
        _window(raw),
        raw=raw,
    )


def _name(raw: dict[str, Any]) -> str:
    """The name to ask for; empty where there is none that can be shown, chosen and sent."""
    names = [name.strip() for name in (raw.get("id"), raw.get("name")) if isinstance(name, str)]
    name = next(filter(None, names), "")
    return name if name.isprintable() and len(name) <= MAX_NAME_CHARACTERS else ""


def _window(raw: dict[str, Any]) -> int | None:
    """The context window in tokens; None where no field holds a number that can be one."""
    nested = [raw[name] for name in _NESTED if isinstance(raw.get(name), dict)]
    found = (whole_number(source.get(field)) for field in _WINDOW_FIELDS for source in (*nested, raw))
    return next((window for window in found if window and 0 < window <= MAX_WINDOW_TOKENS), None)


def models_from(payload: Any) -> list[Model]:
    """The models of {"data": [...]}, {"models": [...]} or a bare list, each once; else raises ProtocolError."""
    more: dict[str, dict[str, Any]] = {}
    if isinstance(payload, dict):
        if payload.get("error"):
            raise upstream_error(payload)
        more = _second_list(payload)
        payload = payload.get("data") if payload.get("data") is not None else payload.get("models")
    if not isinstance(payload, list):
        raise ProtocolError("The model server sent no list of models; check the base URL.")
    found: dict[str, Model] = {}
    for item in payload:
        raw = item if isinstance(item, dict) else {"id": item}
        model = model_from({**more.get(_name(raw), {}), **raw})
        found.setdefault(model.id, model)
    found.pop("", None)
    return list(found.values())


def _second_list(payload: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the objects of a second list, by name. llama.cpp describes the abilities of its models there."""
    models = payload.get("models") if isinstance(payload.get("data"), list) else None
    items = [item for item in models if isinstance(item, dict)] if isinstance(models, list) else []
    return {_name(item): item for item in items}


def without_secrets(models: list[Model], secret: Secrets) -> list[Model]:
    """The models whose names do not hold a secret of the request: names are shown, stored and logged."""
    secrets = (secret,) if isinstance(secret, str) else secret or ()
    long = [each for each in secrets if len(each) >= MIN_SECRET]
    return [model for model in models if not any(each in model.id for each in long)]
