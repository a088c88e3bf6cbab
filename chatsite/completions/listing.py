"""The list of models that a server gives."""

from typing import Any

from chatsite.completions.errors import ProtocolError
from chatsite.completions.failures import upstream_error
from chatsite.completions.mending import mended
from chatsite.completions.types import Model
from chatsite.completions.usage import whole_number

_WINDOW_FIELDS = (
    "context_window",
    "context_length",
    "max_model_len",
    "max_context_length",
    "n_ctx_train",
    "n_ctx",
)


def model_from(raw: dict[str, Any]) -> Model:
    """One listed model; the context window is read from whichever field the server has for it."""
    meta = raw.get("meta")
    sources = [raw, meta] if isinstance(meta, dict) else [raw]
    windows = (whole_number(source.get(field)) for source in sources for field in _WINDOW_FIELDS)
    owner = raw.get("owned_by")
    return Model(
        mended(str(raw.get("id") or raw.get("name") or "")),
        mended(owner) if isinstance(owner, str) else "",
        whole_number(raw.get("created")) or 0,
        next((window for window in windows if window and window > 0), None),
        raw=raw,
    )


def models_from(payload: Any) -> list[Model]:
    """The models of {"data": [...]}, {"models": [...]} or a bare list; else raises ProtocolError."""
    if isinstance(payload, dict):
        if payload.get("error"):
            raise upstream_error(payload)
        payload = payload.get("data") if payload.get("data") is not None else payload.get("models")
    if not isinstance(payload, list):
        raise ProtocolError("The model server sent no list of models; check the base URL.")
    found = [model_from(item if isinstance(item, dict) else {"id": item}) for item in payload]
    return [model for model in found if model.id]
