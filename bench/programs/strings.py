"""Formatting and methods of text."""

def bench():
    parts = []
    for i in range(12000):
        parts.append(f"{i:05d}-{i * i}".upper().replace("-", "_"))
    s = ",".join(parts)
    n = 0
    for w in s.split(","):
        if w.startswith("000") or "99" in w:
            n += len(w.strip())
    return n + len(s)
