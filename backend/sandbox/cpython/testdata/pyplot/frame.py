class Index(list):
    name = "year"


class Column(list):
    def __init__(self, values, name, index):
        super().__init__(values)
        self.name, self.index = name, index


class Frame:
    """As much of a data frame as plotting asks for."""

    def __init__(self, **columns):
        self.index = Index([2020, 2021])
        self.columns = list(columns)
        self.data = {k: Column(v, k, self.index) for k, v in columns.items()}

    def __getitem__(self, name):
        return self.data[name]


df = Frame(sales=[1, 2], costs=[2, 3])
fig, axs = plt.subplots(3, 2)
backend.plot(df, ax=axs[0, 0], title="line")
backend.plot(df, kind="bar", stacked=True, ax=axs[0, 1], rot=0)
backend.plot(df, kind="hist", bins=2, ax=axs[1, 0])
backend.plot(df, kind="scatter", x="sales", y="costs", ax=axs[1, 1])
backend.plot(df["sales"], kind="pie", ax=axs[2, 0], autopct="%d")
backend.plot(df, kind="area", ax=axs[2, 1], secondary_y=False)
