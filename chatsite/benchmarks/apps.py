"""The benchmarks app: `manage.py bench`."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "chatsite.benchmarks"
