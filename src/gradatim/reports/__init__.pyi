from .figures import write_figures as write_figures
from .html import render_report as render_report
from .html import write_report as write_report
from .layers import render_layers as render_layers
from .layers import write_layers as write_layers
from .race import render_race as render_race
from .race import write_race as write_race
