"""Engines: which one trains, and blocks on several devices."""

import json
import os
import subprocess
import sys

import pytest

from gradatim import NetworkSpec, fit_many
from gradatim.errors import SpecError
from gradatim.training.engines import choose_engine

_ON_DEVICES = """
import json, sys
import jax
import numpy as np
from gradatim import NetworkSpec, fit_many
from gradatim.training import workers

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


def test_without_numba_jax_trains(monkeypatch, rows):
    monkeypatch.delenv("GRADATIM_ENGINE", raising=False)
    monkeypatch.setattr("gradatim.training.engines.find_spec", lambda name: None)
    monkeypatch.setattr("gradatim.training.engines._has_accelerator", lambda: False)
    assert choose_engine() == "jax"
    with pytest.raises(SpecError, match="the native engine needs numba"):
        fit_many([NetworkSpec()], rows.X, rows.binary, engine="native")


def test_an_accelerator_is_preferred(monkeypatch):
    monkeypatch.delenv("GRADATIM_ENGINE", raising=False)
    monkeypatch.setattr("gradatim.training.engines._has_accelerator", lambda: True)
    assert choose_engine() == "jax"
