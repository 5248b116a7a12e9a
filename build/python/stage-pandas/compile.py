"""Compiles pandas's C files and writes the names of its extension modules.

    compile.py LIBS LLVM OBJECTS MODULES JOBS FLAGS…

LIBS is pandas/_libs with the generated C, LLVM the compiler's folder, MODULES the list to write.
"""

import concurrent.futures
import pathlib
import subprocess
import sys

libs, llvm, objects, modules_file = (pathlib.Path(p) for p in sys.argv[1:5])
jobs, flags = int(sys.argv[5]), sys.argv[6:]

# The C of the modules that Cython does not make.
HAND_WRITTEN = """
    parser/tokenizer parser/io parser/pd_parser datetime/date_conversions datetime/pd_datetime
    vendored/numpy/datetime/np_datetime vendored/numpy/datetime/np_datetime_strings
    vendored/ujson/python/ujson vendored/ujson/python/objToJSON vendored/ujson/python/JSONtoObj
    vendored/ujson/lib/ultrajsonenc vendored/ujson/lib/ultrajsondec
""".split()
HAND_WRITTEN_MODULES = ["json", "pandas_datetime", "pandas_parser"]
# pandas has a copy of numpy's datetime code; in one static module the two need different names.
COPIED = """
    get_datetime_metadata_from_dtype days_per_month_table is_leapyear add_minutes_to_datetimestruct
    get_datetimestruct_days parse_iso_8601_datetime get_datetime_iso_8601_strlen make_iso_8601_datetime
""".split()
# What headers define in each module.
REPEATED = "traced_malloc traced_calloc traced_realloc traced_free __Pyx_divmod_ERROR_VALUE_int_td_npy_int64".split()


def cplusplus():
    include = [llvm / "include/wasm32-wasi/c++/v1", llvm / "include/c++/v1"]
    return ["-stdlib=libc++", "-fexceptions", "-fignore-exceptions", *(f"-isystem{d}" for d in include)]


def work():
    for path in sorted(libs.rglob("*.pyx")):
        module = ".".join(path.relative_to(libs).with_suffix("").parts)
        own = [f"-D{name}={name}_{module.replace('.', '_')}" for name in REPEATED]
        modules.append(module)
        if path.with_suffix(".cpp").exists():
            yield path.with_suffix(".cpp"), ["clang++", *cplusplus(), *own], module
        else:
            yield path.with_suffix(".c"), ["clang", *own], module
    renamed = [f"-D{name}=pandas_{name}" for name in COPIED]
    for name in HAND_WRITTEN:
        extra = renamed if "datetime" in name else []
        yield libs / "src" / (name + ".c"), ["clang", *extra], "src_" + name.replace("/", "_")


def compile_file(job):
    file, command, name = job
    target = objects / (name + ".o")
    if target.exists() and target.stat().st_mtime > file.stat().st_mtime:  # from before an interruption
        return name, None
    return name, subprocess.run([*command, *flags, "-c", str(file), "-o", str(target)], capture_output=True, text=True)


objects.mkdir(parents=True, exist_ok=True)
modules = []
files = sorted(work(), key=lambda job: -job[0].stat().st_size)  # no core idles at the end
modules_file.write_text("".join(f"pandas._libs.{m}\n" for m in sorted(modules) + HAND_WRITTEN_MODULES))
failed = False
with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for name, result in pool.map(compile_file, files):
        if result and result.returncode:
            failed = True
            print(name, result.stderr[-6000:], sep="\n")
print(len(files), "files")
sys.exit(failed)
