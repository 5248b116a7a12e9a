width = 0.4
plt.bar([0, 1], [3, 4], width, label="m")
plt.bar([0 + width, 1 + width], [5, 6], width, label="n", edgecolor="k")
plt.bar([0, 1], [1, 1], width, bottom=[3, 4], label="on top")
plt.xticks([0.2, 1.2], ["one", "two"], rotation=45)
plt.gca().yaxis.set_major_formatter("{x:.0f} €")
plt.ylim(0, 8)
plt.legend(["A", "B", "C"], ncol=3)
