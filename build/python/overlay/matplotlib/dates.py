"""matplotlib.dates: formats and steps of time axes."""

import datetime

from matplotlib.ticker import AutoLocator, Formatter


class DateFormatter(Formatter):
    def __init__(self, fmt, tz=None, **kw):
        self.fmt = fmt

    def _apply(self, axis, bounds):
        axis["tickformat"] = self.fmt  # plotly.js reads the same letters


class AutoDateFormatter(Formatter):
    def __init__(self, *args, **kw):
        pass

    def _apply(self, axis, bounds):
        pass


ConciseDateFormatter = AutoDateFormatter


class _Every:
    def __init__(self, *args, interval=1, **kw):
        first = args[0] if args and isinstance(args[0], int) and self.first_is_interval else None
        self._n = first or interval

    first_is_interval = False

    def _apply(self, axis):
        axis["dtick"] = self.step * self._n if isinstance(self.step, int) else f"M{self._n * int(self.step[1:])}"


class YearLocator(_Every):
    step, first_is_interval = "M12", True


class MonthLocator(_Every):
    step = "M1"


class WeekdayLocator(_Every):
    step = 7 * 86_400_000


class DayLocator(_Every):
    step = 86_400_000


class HourLocator(_Every):
    step = 3_600_000


class MinuteLocator(_Every):
    step = 60_000


AutoDateLocator = AutoLocator
MO, TU, WE, TH, FR, SA, SU = range(7)
EPOCH = datetime.datetime(1970, 1, 1)


def date2num(d):
    from matplotlib._values import is_many

    if is_many(d):
        return [date2num(x) for x in d]
    if not isinstance(d, datetime.datetime):
        d = datetime.datetime(d.year, d.month, d.day)
    return (d.replace(tzinfo=None) - EPOCH).total_seconds() / 86_400


def num2date(x, tz=None):
    return EPOCH + datetime.timedelta(days=float(x))
