# What setup.py would have written down about the machine's libraries.
def get_info(name):
    return {}


def show():
    print("numpy for WebAssembly: linear algebra by the bundled lapack_lite, no BLAS")
