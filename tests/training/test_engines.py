"""Engines: which one trains, and blocks on several devices."""

import json
import os
import subprocess
import sys

import pytest

from gradatim import NetworkSpec, fit_many
from gradatim.errors import MissingExtraError, SpecError
from gradatim.training.engines import choose_engine

_ON_DEVICES = """
import json, sys
import jax
import numpy as np
from gradatim import NetworkSpec, fit_many
from gradatim.training.jax import workers

used = set()
run_epochs = workers.run_epochs

def watched(*arguments):
    state, *curves = run_epochs(*arguments)
    used.update(device.id for device in state.params[0].devices())
    return state, *curves

workers.run_epochs = watched
rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
specs = [NetworkSpec((w,), seed=s) for w in (2, 3, 4) for s in range(3)]
results = fit_many(specs, X, y, max_epochs=3, engine="jax")
losses = [r.loss_curve.tolist() for r in results]
print(json.dumps({"devices": len(jax.devices()), "used": sorted(used), "losses": losses}))
"""


def _train_on(n_devices):
    flags = f"--xla_force_host_platform_device_count={n_devices}"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", _ON_DEVICES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_blocks_are_shared_out_over_devices_and_come_out_the_same():
    one, three = _train_on(1), _train_on(3)
    assert (one["devices"], one["used"]) == (1, [0])
    assert (three["devices"], three["used"]) == (3, [0, 1, 2])
    assert three["losses"] == one["losses"]


def test_the_environment_chooses_unless_the_caller_does(monkeypatch):
    monkeypatch.setenv("GRADATIM_ENGINE", "jax")
    assert choose_engine() == "jax"
    assert choose_engine("native") == "native"
    monkeypatch.setenv("GRADATIM_ENGINE", "abacus")
    with pytest.raises(SpecError, match="engine must be one of auto, native, jax, not 'abacus'"):
        choose_engine()


def test_native_is_what_auto_means_whatever_devices_there_are(monkeypatch):
    monkeypatch.delenv("GRADATIM_ENGINE", raising=False)
    monkeypatch.setattr("gradatim.training.engines.has_accelerator", lambda: True)
    assert choose_engine() == "native"


def test_without_the_extra_jax_is_refused_with_the_command_that_installs_it(monkeypatch, rows):
    monkeypatch.setattr("gradatim.training.engines.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'gradatim\[jax\]'"):
        fit_many([NetworkSpec()], rows.X, rows.binary, engine="jax")


_WITHOUT_JAX = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("jax", "jaxlib", "optax"):
            raise ImportError(name)

sys.meta_path.insert(0, Refuse())
import numpy as np
from gradatim import Collection, NetworkClassifier, NetworkSpec, climb_collection, fit_many

rng = np.random.default_rng(0)
X, y = rng.normal(size=(40, 3)), np.arange(40) % 2
fit_many([NetworkSpec((3,), optimizer=name) for name in ("adam", "lbfgs")], X, y, max_epochs=3)
NetworkClassifier((3,)).partial_fit(X, y, classes=[0, 1]).predict_proba(X)
climb_collection(Collection("x", {"x": X}, y, "classification", y), folds=3, repeats=1).model
print(sorted(name for name in sys.modules if name.startswith(("jax", "optax"))))
"""


def test_everything_but_its_own_engine_works_without_jax():
    command = [sys.executable, "-c", _WITHOUT_JAX]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
