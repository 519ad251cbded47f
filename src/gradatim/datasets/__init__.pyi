from .registry import DATASETS as DATASETS
from .registry import Dataset as Dataset
from .registry import load_dataset as load_dataset
from .timbre import load_timbre as load_timbre
from .world import load_world as load_world
