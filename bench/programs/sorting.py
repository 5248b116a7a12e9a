"""Sorting, with and without a key in Python."""

def bench():
    x = 12345
    a = []
    for i in range(25000):
        x = (x * 1103515245 + 12345) % 2147483648
        a.append(x)
    b = sorted(a)
    c = sorted(a, key=lambda v: (v % 1000, v))
    return b[0] + c[-1]
