"""Training: many networks of one shape as one program."""

from gradatim.training.fit import FitJob, fit_jobs, fit_many
from gradatim.training.result import FitResult
from gradatim.training.specs import Augmentation, NetworkSpec
from gradatim.training.stepping import Stepper

__all__ = ["Augmentation", "FitJob", "FitResult", "NetworkSpec", "Stepper", "fit_jobs", "fit_many"]
