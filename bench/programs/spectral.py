"""Floats, comprehensions, calls."""

def A(i, j):
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)


def mulAv(v):
    n = len(v)
    return [sum([A(i, j) * v[j] for j in range(n)]) for i in range(n)]


def mulAtv(v):
    n = len(v)
    return [sum([A(j, i) * v[j] for j in range(n)]) for i in range(n)]


def bench():
    u = [1.0] * 50
    for _ in range(2):
        v = mulAtv(mulAv(u))
        u = mulAtv(mulAv(v))
    return round(sum(u), 6)
