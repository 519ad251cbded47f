from .build import Approximation as Approximation
from .build import approximate as approximate
from .build import approximate_with_units as approximate_with_units
