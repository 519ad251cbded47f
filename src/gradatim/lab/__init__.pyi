from .lesson import Lesson as Lesson
from .lesson import lesson_from_collection as lesson_from_collection
from .lesson import lesson_from_network as lesson_from_network
from .lesson import lesson_from_problem as lesson_from_problem
from .page import render_lab as render_lab
from .page import write_lab as write_lab
from .saved import lesson_from_model as lesson_from_model
from .widget import lab_widget as lab_widget
