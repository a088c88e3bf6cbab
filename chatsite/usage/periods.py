"""Days and months of the site's time zone, by which use is counted."""

from datetime import date, datetime, time, timedelta

from django.template.defaultfilters import date as written
from django.utils import timezone


def beginning(day: date) -> str:
    """Return when a day of the site begins, in words, with the zone: the reader may be in another one."""
    midnight = timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
    return written(midnight, "j F, H:i T")


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def this_month() -> date:
    """Return its first day."""
    return today().replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
