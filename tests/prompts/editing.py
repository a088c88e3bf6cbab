"""What an editor of prompts does in the admin."""

from chatsite.prompts.models import SystemPrompt

URL = "/admin/prompts/systemprompt/"
NO_VARIABLES = {"variables-TOTAL_FORMS": 0, "variables-INITIAL_FORMS": 0}


class Editor:
    """Somebody in the admin, with one browser."""

    def __init__(self, client, prompt: SystemPrompt) -> None:
        self.client, self.prompt = client, prompt

    def get(self, path="change/", **query) -> str:
        response = self.client.get(f"{URL}{self.prompt.pk}/{path}", query)
        assert response.status_code == 200, response
        return response.content.decode()

    def post(self, path, **fields):
        return self.client.post(f"{URL}{self.prompt.pk}/{path}", fields)

    def save(self, text: str, based_on=None, **fields):
        """Save a text on the page that was opened when `based_on` was the newest version; now, if it is not named."""
        based_on = based_on or self.prompt.versions.first()
        page = {
            "name": self.prompt.name,
            "text": text,
            "based_on": based_on.pk,
            "enabled": "on",
            **NO_VARIABLES,
        }
        if SystemPrompt.objects.get(pk=self.prompt.pk).needs_approval:
            page["needs_approval"] = "on"
        return self.post("change/", **page | fields)

    def publish(self, number=1, **fields):
        chosen = {"to": "all", "when": "now", "note": "because"}
        return self.post(f"publish/{number}/", **chosen | fields)


def said(response) -> str:
    return response.content.decode()


def live(prompt) -> int:
    return prompt.live.number


def edit(folder, old: str, new: str) -> None:
    """Change the exported file of the prompt."""
    path = folder / "support.md"
    path.write_text(path.read_text().replace(old, new))
