"""System prompts as files: `manage.py prompts export DIR`, `import DIR`, `check [DIR]`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from chatsite.prompts.file_format import MAX_FILE_BYTES, BadFile, PromptFile
from chatsite.prompts.files import damaged, drift, exported, import_all, read_all


class Command(BaseCommand):
    help = "Exports system prompts as Markdown files, imports them as drafts, and checks whether they are the same."

    def add_arguments(self, parser):
        does = parser.add_subparsers(dest="do", required=True)
        export = does.add_parser("export", help="write one file for each prompt")
        export.add_argument("folder", type=Path)
        importing = does.add_parser("import", help="save the texts of files as drafts, and their cases")
        importing.add_argument("folder", type=Path)
        importing.add_argument(
            "--publish",
            action="store_true",
            help="publish them, with the files' settings; delete cases that the files do not have",
        )
        importing.add_argument("--dry-run", action="store_true", help="only say what would be done")
        check = does.add_parser(
            "check", help="exit with 1 where files and site differ, or a stored text is damaged"
        )
        check.add_argument("folder", type=Path, nargs="?")

    def handle(self, *args, do, folder, **options):
        try:
            getattr(self, f"_{do}")(folder, **options)
        except BadFile as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _export(self, folder: Path, **options):
        if folder.exists() and not folder.is_dir():
            raise BadFile(f"{folder} is not a folder.")
        folder.mkdir(parents=True, exist_ok=True)
        files = exported()
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
        self.stdout.write(f"{len(files)} prompt{'' if len(files) == 1 else 's'} written to {folder}.")

    def _import(self, folder: Path, publish: bool, dry_run: bool, **options):
        for change in import_all(_files(folder), publish=publish, dry_run=dry_run):
            self.stdout.write(str(change))
        if dry_run:
            self.stdout.write("Nothing was changed.")

    def _check(self, folder: Path | None, **options):
        found = damaged() + (drift(_files(folder)) if folder else [])
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"{len(found)} difference{'' if len(found) == 1 else 's'}.")
        self.stdout.write("All is as it should be.")


def _files(folder: Path) -> list[PromptFile]:
    paths = sorted(folder.glob("*.md")) if folder.is_dir() else []
    if not folder.is_dir():
        raise BadFile(f"{folder} is not a folder.")
    return read_all({path.name: _content(path) for path in paths})


def _content(path: Path) -> str:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise BadFile(f"{path.name}: it has more than {MAX_FILE_BYTES // 1024**2} MB.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name}: it is not UTF-8.") from error
