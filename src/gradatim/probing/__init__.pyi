from .analysis import layers as layers
from .analysis import layers_of_climb as layers_of_climb
from .probes import LayerProbe as LayerProbe
from .result import LayerChange as LayerChange
from .result import LayerFindings as LayerFindings
from .result import Layers as Layers
from .result import ShownUnit as ShownUnit
from .result import UnitStimuli as UnitStimuli
