"""matplotlib.gridspec: cells of a grid, also over several rows and columns."""


class Cell:
    def __init__(self, grid, cell):
        self.grid, self.cell = grid, cell


class GridSpec:
    def __init__(self, nrows, ncols, figure=None, width_ratios=None, height_ratios=None, hspace=None, wspace=None, **kw):
        self.shape, self.ratios = (nrows, ncols), (height_ratios, width_ratios)
        if figure is not None:
            figure._gaps = (hspace, wspace)

    def __getitem__(self, key):
        n, m = self.shape
        if not isinstance(key, tuple):
            key = divmod(key, m) if isinstance(key, int) else (key, slice(None))
        places = []
        for k, most in zip(key, (n, m)):
            if isinstance(k, slice):
                start, stop, _ = k.indices(most)
            else:
                start = k + most if k < 0 else k
                stop = start + 1
            if not 0 <= start < stop <= most:
                raise IndexError(f"the grid has {n} rows and {m} columns")
            places.append((start, stop - start))
        return Cell(self, (places[0][0], places[1][0], places[0][1], places[1][1]))
