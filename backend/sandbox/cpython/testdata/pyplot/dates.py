import datetime
import matplotlib.dates as mdates

days = [datetime.date(2024, 1, d) for d in (1, 2, 3)]
fig = plt.figure()
ax = fig.add_subplot(2, 1, 1)
ax.plot(days, [1, 3, 2])
ax.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
ax.xaxis.set_major_locator(mdates.DayLocator(interval=2))
ax.axvline(days[1], color="red")
ax = fig.add_subplot(2, 2, 4)
ax.scatter(days, [1, 2, 3])
ax.invert_yaxis()
