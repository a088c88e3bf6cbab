"""What is wrong with a file as a whole: a reason for programs, and a sentence for people."""

SENTENCES = {
    "empty_file": "The file is empty.",
    "not_text": "The file is neither text nor a zip file.",
    "not_json": "The file is not JSON, or it is damaged.",
    "not_an_export": "The file holds no conversations in a form that is known here.",
    "truncated": "The file ends in the middle. The download may have broken off.",
    "trailing_data": "Something follows the end of the conversations. It was not read.",
    "bad_zip": "The zip file is damaged.",
    "encrypted": "The zip file is encrypted. Unpack it, and import what is inside.",
    "too_large": "The file, or a file in the zip, is too large when it is unpacked.",
    "no_conversations_in_zip": "The zip file has no conversations.json inside.",
    "claude_index": "This is only the list of an export. Import the zip files that it names.",
}


class FileError(Exception):
    """The file, or the rest of it, cannot be read. `str(error)` is the sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason
