package script

import (
	"fmt"
	"regexp"
	"strings"
)

var logFile = regexp.MustCompile(`(?i)\.(log|txt|out)$`)

// untangle finds the error that started a chain of failures in a log whose lines carry correlation ids.
func untangle(t talk) act {
	file := t.file(logFile)
	if file == nil {
		return answer("The task is about a log, but no log file came with it.", "I need a log file with the task: attach one and ask again.")
	}
	said, seen := t.last()
	switch {
	case strings.Contains(said, "final_answer"):
		return t.giveUp("The answer was not accepted.")
	case failed(seen) != "":
		return t.giveUp("The log is not written as I expect it.")
	case said == "":
		return act{"I look at how the lines of " + file.path + " are made, and at which services report errors.", fmt.Sprintf(`
from collections import Counter

with open(%s, encoding="utf-8", errors="replace") as file:
    lines = file.read().splitlines()

print(len(lines), "lines, for example:")
for line in lines[:3]:
    print(line)
print("errors by service:", Counter(line.split()[2] for line in lines if " ERROR " in line))
`, file.name)}
	case strings.Contains(said, "errors by service"):
		return act{"Each line has a time, a level, a service and a correlation id in brackets. The lines are not in order of time, " +
			"so I sort them and look, for each id, at the first error and at the last.", `
import re

pattern = re.compile(r"(\S+) +(\w+) +(\S+) +\[(\w+)\] (.*)")
events = sorted(m.groups() for m in map(pattern.match, lines) if m)
errors = {}
for time, level, service, corr, text in events:
    if level == "ERROR":
        errors.setdefault(corr, []).append((time, service, text))

print(len(events), "of", len(lines), "lines read,", len(errors), "ids with errors")
paths = Counter((found[0][1], found[0][2], found[-1][1], len(found)) for found in errors.values())
[
    {"ids": n, "first error in": first, "it says": text, "ends in": last, "errors each": length}
    for (first, text, last, length), n in paths.most_common()
]
`}
	case strings.Contains(said, "paths = Counter("):
		if strings.Contains(seen, ", 0 ids with errors") {
			return t.giveUp("I found no errors with correlation ids in this log.")
		}
		if !pointer.MatchString(seen) {
			return act{"No error points to another one, so the earliest is my answer.", `
corr, found = min(errors.items(), key=lambda item: item[1])
time, service, text = found[0]
final_answer(f"The first error is at {time} in {service} [{corr}]: {text}")
`}
		}
		return act{"The requests that fail first in one service all point to another correlation id. I follow it to where it began.", `
pointer = re.compile(r"\bsee \[?(\w+)\]?")
votes = Counter(m[1] for found in errors.values() if (m := pointer.search(found[0][2])))
culprit, followers = votes.most_common(1)[0]
print(followers, "failed ids point to", culprit)
[
    {"time": time, "level": level, "service": service, "text": text}
    for time, level, service, corr, text in events if corr == culprit
]
`}
	case strings.Contains(said, "votes = Counter("):
		return act{"There it began. An earlier error in the log has an id of its own and nothing points to it, so it is not the cause.", `
time, service, text = errors[culprit][0]
last = max(found[-1][0] for corr, found in errors.items() if corr != culprit)
earlier = sum(found[0][0] < time for found in errors.values())
final_answer(
    f"It began at {time} in {service} [{culprit}]: {text}. "
    f"{followers} requests failed because of it, the last one at {last}. "
    f"{earlier} earlier error(s) have nothing to do with it."
)
`}
	}
	return t.giveUp("I lost the thread.")
}

var pointer = regexp.MustCompile(`\bsee \[?\w+\]?`)
