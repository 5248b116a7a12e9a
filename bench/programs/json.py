"""The codec in C, both ways."""

import json
DATA = [{"id": i, "name": "user%d" % i, "tags": ["a", "b", "c"], "score": i * 1.5, "ok": True, "n": None} for i in range(1500)]


def bench():
    s = json.dumps(DATA)
    d = json.loads(s)
    return len(s) + len(d)
