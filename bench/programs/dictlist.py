"""Dictionaries of lists."""

def bench():
    d = {}
    for i in range(40000):
        k = (i * 7919) % 1009
        if k in d:
            d[k].append(i)
        else:
            d[k] = [i]
    t = 0
    for k, v in d.items():
        t += k * len(v) + max(v)
    m = {x: y for x, y in zip(range(2000), range(2000, 4000))}
    return t + sum(m.values())
