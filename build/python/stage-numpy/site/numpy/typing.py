"""What annotations use since 1.20; nothing here checks types."""
import types
import typing

import numpy as np

__all__ = ["ArrayLike", "DTypeLike", "NBitBase", "NDArray"]

ScalarType = typing.TypeVar("ScalarType", bound=np.generic, covariant=True)
ArrayLike = typing.Any
DTypeLike = typing.Any
NDArray = types.GenericAlias(np.ndarray, (typing.Any, types.GenericAlias(np.dtype, (ScalarType,))))


class NBitBase:
    pass
