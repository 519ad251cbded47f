from .families.base import Family as Family
from .families.base import LearningCurve as LearningCurve
from .files import load_model as load_model
from .model import Model as Model
