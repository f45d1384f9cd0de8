"""How many threads numpy's matrix products use."""

import ctypes
import importlib

import structlog

logger = structlog.get_logger()

_MODULE = "numpy._core._multiarray_umath"
# As numpy's wheels name it, then as Linux distributions do.
_NAMES = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


def keep_products_on_one_thread() -> bool:
    """Makes each matrix product of this process run on the thread that asks for it; False if that cannot be said.

    OpenBLAS would use every core for each product and have its threads spin between two, which slows down whatever
    else runs here, and several batches at once most of all. It reads its environment variable when numpy is imported,
    which is before any code of ours decides, and numpy has no function for it, so OpenBLAS's own is called: a look-up
    in the library that holds numpy's products finds it among those that the library is linked with.
    """
    path = importlib.import_module(_MODULE).__file__
    library = ctypes.CDLL(path)
    for name in _NAMES:
        try:
            set_threads = getattr(library, name)
        except AttributeError:
            continue
        set_threads(ctypes.c_int(1))
        return True
    logger.warning(
        "embeddings.blas_threads_unknown", detail="numpy does not use OpenBLAS here: products may use all cores"
    )
    return False
