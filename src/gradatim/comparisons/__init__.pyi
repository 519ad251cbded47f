from .depth import compare_depth as compare_depth
from .racing.film import film_race as film_race
from .racing.picture import plot_race as plot_race
from .racing.result import Race as Race
from .racing.run import race as race
from .sawtooth_result import Built as Built
from .sawtooth_result import DepthComparison as DepthComparison
from .sawtooth_result import TrainedShape as TrainedShape
