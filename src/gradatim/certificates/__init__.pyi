from .bound import Bound as Bound
from .bound import certify as certify
from .formulas import Formula as Formula
from .formulas import parse_formula as parse_formula
from .proof import Proof as Proof
