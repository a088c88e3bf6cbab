"""The codes that a WebSocket is closed with. docs/protocol.md says what a page makes of each."""

CLOSE_SIGNED_OUT = 4401
CLOSE_NOT_FOUND = 4404
CLOSE_TOO_MUCH = 4429
