"""Runs each program some times and prints the least CPU time of each, in seconds, as JSON: {name: [seconds, value]}.

Arguments: repetitions, programs. Also run inside the npm build of CPython for WASI.
"""

import json
import sys
import time

clock = time.perf_counter if sys.platform == "wasi" else time.process_time  # wasi.mjs has it tell CPU time
times = {}
for path in sys.argv[2:]:
    names = {}
    with open(path) as f:
        exec(compile(f.read(), path, "exec"), names)
    value, best = names["bench"](), 1e9
    for _ in range(int(sys.argv[1])):
        begun = clock()
        names["bench"]()
        best = min(best, clock() - begun)
    times[path.rpartition("/")[2].removesuffix(".py")] = [best, value]
print(json.dumps(times))
