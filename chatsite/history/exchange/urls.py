"""The pages of import and export."""

from django.urls import path

from chatsite.history.exchange import export_views, import_views

app_name = "exchange"

urlpatterns = [
    path("import/", import_views.imports, name="imports"),
    path("import/upload/<str:token>/", import_views.upload, name="upload"),
    path("import/<uuid:uuid>/", import_views.report, name="report"),
    path("import/<uuid:uuid>/report.json", import_views.report_json, name="report-json"),
    path("import/<uuid:uuid>/continue/", import_views.resume, name="resume"),
    path("import/<uuid:uuid>/discard/", import_views.discard, name="discard"),
    path("export/", export_views.exports, name="exports"),
    path("<uuid:uuid>/all/", export_views.whole, name="whole"),
    path("<uuid:uuid>/export/", export_views.export_one, name="export-one"),
]
