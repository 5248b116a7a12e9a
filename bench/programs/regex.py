"""The regular expression engine."""

import re
TEXT = "John <john.doe@example.com> 2024-01-05, Jane: jane@test.org 1999-12-31; " * 600


def bench():
    a = re.findall(r"[\w.]+@[\w.]+\.\w+", TEXT)
    b = re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", TEXT)
    c = re.split(r"[,;:]\s*", TEXT)
    return len(a) + len(b) + len(c)
