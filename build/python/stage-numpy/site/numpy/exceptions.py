"""Where numpy has its exceptions and warnings since 1.25."""
from numpy.core._exceptions import AxisError, TooHardError
from numpy.core.numeric import ComplexWarning
from numpy.lib.polynomial import RankWarning

from numpy import ModuleDeprecationWarning, VisibleDeprecationWarning

__all__ = ["AxisError", "ComplexWarning", "DTypePromotionError", "ModuleDeprecationWarning", "RankWarning",
           "TooHardError", "VisibleDeprecationWarning"]


class DTypePromotionError(TypeError):
    pass
