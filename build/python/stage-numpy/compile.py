"""Compiles numpy's C files.

    compile.py NUMPY GENERATED INCLUDE OBJECTS JOBS FLAGS…
"""

import concurrent.futures
import pathlib
import subprocess
import sys

numpy, generated, python_include, objects = (pathlib.Path(p) for p in sys.argv[1:5])
jobs, flags = int(sys.argv[5]), sys.argv[6:]

# numpy's own C, unlike Cython's, means the 64-bit integer when it says PyLong_AsLong.
INTERNAL = ["-DNPY_INTERNAL_BUILD=1", "-include", str(pathlib.Path(__file__).parent / "long64.h")]

# numpy/core/src, by folder: what core/setup.py names.
CORE = {
    "npymath": "npy_math ieee754 npy_math_complex halffloat",
    "npysort": "quicksort mergesort timsort heapsort radixsort selection binsearch",
    "common": "array_assign mem_overlap npy_longdouble ucsnarrow ufunc_override numpyos npy_cpu_features",
    "multiarray": """alloc arrayobject arraytypes array_assign_scalar array_assign_array arrayfunction_override buffer
        calculation compiled_base common convert convert_datatype conversion_utils ctors datetime datetime_strings
        datetime_busday datetime_busdaycal descriptor dragon4 dtype_transfer einsum flagsobject getset hashdescr
        item_selection iterators lowlevel_strided_loops mapping methods multiarraymodule nditer_templ nditer_api
        nditer_constr nditer_pywrap number refcount sequence shape scalarapi scalartypes strfuncs temp_elide typeinfo
        usertypes vdot _multiarray_tests""",
    "umath": """umathmodule reduction loops matmul clip ufunc_object extobj scalarmath ufunc_type_resolution override
        _umath_tests _rational_tests _struct_ufunc_tests _operand_flag_tests""",
}
LAPACK = "python_xerbla f2c_z_lapack f2c_c_lapack f2c_d_lapack f2c_s_lapack f2c_lapack f2c_blas f2c_config f2c"
DISTRIBUTIONS = "logfactorial distributions random_mvhg_count random_mvhg_marginals random_hypergeometric"
GENERATORS = "mt19937/mt19937 mt19937/mt19937-jump philox/philox pcg64/pcg64 sfc64/sfc64"
RANDOM = "_generator mtrand _common _bounded_integers bit_generator _mt19937 _philox _pcg64 _sfc64"


def find(name):
    """The generated file, if there is one."""
    for root in (generated, numpy):
        if (root / name).exists():
            return root / name
    sys.exit(f"there is no {name}: numpy's layout is not the one this recipe knows")


def includes():
    core = ["include", "include/numpy", "src", *("src/" + folder for folder in CORE)]
    found = [f"-I{root / 'core' / folder}" for root in (generated, numpy) for folder in core]
    return found + [f"-I{python_include}", f"-I{python_include / 'internal'}"]


def core_files():
    for folder, names in CORE.items():
        for name in names.split():
            extra = [*INTERNAL, "-iquote", str(numpy / "core/src" / folder)]
            yield find(f"core/src/{folder}/{name}.c"), extra, f"core_{folder}_{name}"


def library_files():
    yield find("fft/_pocketfft.c"), INTERNAL, "fft_pocketfft"
    for name in LAPACK.split():
        # f2c_config measures the machine's arithmetic, which an optimiser would compute away.
        extra = ["-O0"] if name == "f2c_config" else []
        yield find(f"linalg/lapack_lite/{name}.c"), [*INTERNAL[:1], *extra], "linalg_" + name
    yield find("linalg/lapack_litemodule.c"), INTERNAL, "linalg_lapack_litemodule"
    yield find("linalg/umath_linalg.c"), [*INTERNAL, f"-I{numpy / 'linalg'}"], "linalg_umath_linalg"


def random_files():
    src = numpy / "random/src"
    base = [f"-I{d}" for d in (numpy / "random", src, *(src / g for g in "legacy mt19937 philox pcg64 sfc64".split()))]
    base.append("-DNPY_NO_DEPRECATED_API=0")
    for name in DISTRIBUTIONS.split():
        yield src / "distributions" / (name + ".c"), base, "random_" + name
    for name in GENERATORS.split():
        yield src / (name + ".c"), base, "random_" + name.replace("/", "_")
    for name in RANDOM.split():
        yield generated / "random" / (name + ".c"), base, "random_module" + name
    yield src / "legacy/legacy-distributions.c", base, "random_legacy"


def compile_file(job):
    file, extra, name = job
    target = objects / (name + ".o")
    if target.exists() and target.stat().st_mtime > file.stat().st_mtime:  # from before an interruption
        return name, None
    command = ["clang", *flags, *extra, *includes(), "-c", str(file), "-o", str(target)]
    return name, subprocess.run(command, capture_output=True, text=True)


objects.mkdir(parents=True, exist_ok=True)
work = [*core_files(), *library_files(), *random_files()]
work.sort(key=lambda job: -job[0].stat().st_size)  # no core idles at the end
failed = False
with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
    for name, result in pool.map(compile_file, work):
        if result and result.returncode:
            failed = True
            print(name, result.stderr, sep="\n")
print(len(work), "files")
sys.exit(failed)
