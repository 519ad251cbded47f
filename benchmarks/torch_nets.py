"""A network in PyTorch, trained by the loop that a person writes: epochs, minibatches, a step.

Conventions: settings have the names and meanings of `gradatim.NetworkSpec`, initial weights
included, so that both sides train the same network; only the order of minibatches and dropout's
draws differ. float32, one thread, minibatches sliced from a shuffled index (quicker than PyTorch's
DataLoader). Importing this module does not import PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradatim.network.initialize import initialize

__all__ = ["TorchNet"]


@dataclass
class TorchNet:
    """One network; fields as in `gradatim.NetworkSpec`.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int
        Units of each hidden layer.
    activation : {"relu", "tanh", "silu", "logistic"}
        Activation of the hidden layers.
    optimizer : {"adam", "adamw"}
        Rule.
    learning_rate, weight_decay, beta_2 : float
        Its constants; only weights decay.
    schedule : {"constant", "cosine"}
        ``cosine`` with a linear warm-up over the first 5 % of the steps.
    label_smoothing, dropout, input_scale : float
        As there.
    initialization : str
        As there.
    seed : int
        Seed of weights, minibatches and dropout.

    Attributes
    ----------
    module : torch.nn.Module
        The network after `fit`; pre-activations out.
    """

    hidden_layer_sizes: Sequence[int] = ()
    activation: str = "relu"
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    beta_2: float = 0.999
    schedule: str = "constant"
    label_smoothing: float = 0.0
    dropout: float = 0.0
    input_scale: float = 0.0
    initialization: str = "glorot"
    seed: int = 0
    module: Any = field(default=None, init=False, repr=False)

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        n_classes: int,
        epochs: int,
        batch_size: int,
        each_epoch: Callable[[Any], None] = lambda module: None,
    ) -> list[float]:
        """Train on rows and their class numbers.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Inputs.
        y : array of shape (n_samples,)
            Class numbers from 0.
        n_classes : int
            Classes; two have one output.
        epochs, batch_size : int
            Length of the training, and rows per step.
        each_epoch : callable, optional
            Shown the module after every epoch.

        Returns
        -------
        list of float
            Mean training loss of each epoch.
        """
        import torch  # pyright: ignore[reportMissingImports]

        torch.set_num_threads(1)
        torch.manual_seed(self.seed)
        n_outputs = n_classes if n_classes > 2 else 1
        self.module = _build(torch, self, X.shape[1], n_outputs)
        rows = torch.as_tensor(np.asarray(X, dtype=np.float32))
        target = torch.as_tensor(_targets(y, n_outputs, self.label_smoothing))
        batch_size = min(batch_size, len(rows))
        n_steps = epochs * -(-len(rows) // batch_size)
        rule, rates = _rule(torch, self, n_steps)
        loss_of = torch.nn.functional.cross_entropy
        if n_outputs == 1:
            loss_of = torch.nn.functional.binary_cross_entropy_with_logits
        losses = []
        for _ in range(epochs):
            total = 0.0
            for chosen in torch.randperm(len(rows)).split(batch_size):
                rule.zero_grad()
                loss = loss_of(self.module(rows[chosen]), target[chosen])
                loss.backward()
                rule.step()
                if rates is not None:
                    rates.step()
                total += loss.item() * len(chosen)
            losses.append(total / len(rows))
            each_epoch(self.module)
        return losses

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        array of shape (n_samples, n_classes)
            Probabilities.
        """
        import torch  # pyright: ignore[reportMissingImports]

        self.module.eval()
        with torch.no_grad():
            logits = self.module(torch.as_tensor(np.asarray(X, dtype=np.float32)))
            if logits.shape[1] == 1:
                return torch.cat([torch.sigmoid(-logits), torch.sigmoid(logits)], dim=1).numpy()
            return torch.softmax(logits, dim=1).numpy()


def _targets(y: np.ndarray, n_outputs: int, smoothing: float) -> np.ndarray:
    """Spread the smoothed share over the classes, as the engine does."""
    matrix = y[:, None] if n_outputs == 1 else np.eye(n_outputs)[y]
    n_classes = max(n_outputs, 2)
    return (matrix * (1.0 - smoothing) + smoothing / n_classes).astype(np.float32)


def _build(torch: Any, net: TorchNet, n_inputs: int, n_outputs: int) -> Any:
    nn = torch.nn
    units = {"relu": nn.ReLU, "tanh": nn.Tanh, "silu": nn.SiLU, "logistic": nn.Sigmoid}
    sizes = (n_inputs, *net.hidden_layer_sizes, n_outputs)
    parts: list[Any] = []
    if net.input_scale > 0:
        parts.append(_factors(torch, n_inputs))
    drawn = initialize(sizes, net.initialization, net.seed, net.activation)
    for i, (weight, bias) in enumerate(drawn):
        if i:
            parts.append(units[net.activation]())
            if net.dropout > 0:
                parts.append(nn.Dropout(net.dropout))
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            layer.weight.copy_(torch.as_tensor(weight))
            layer.bias.copy_(torch.as_tensor(bias))
        parts.append(layer)
    return nn.Sequential(*parts)


def _factors(torch: Any, n_inputs: int) -> Any:
    class Factors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.factor = torch.nn.Parameter(torch.ones(n_inputs))

        def forward(self, rows: Any) -> Any:
            return rows * self.factor

    return Factors()


def _rule(torch: Any, net: TorchNet, n_steps: int) -> tuple[Any, Any]:
    """Make the optimizer and its schedule; weights, biases and factors are groups."""
    named = list(net.module.named_parameters())
    rate = net.learning_rate
    groups = [
        {
            "params": [p for name, p in named if name.endswith(ending)],
            "weight_decay": net.weight_decay if ending == "weight" else 0.0,
            "lr": rate * net.input_scale if ending == "factor" else rate,
        }
        for ending in ("weight", "bias", "factor")
    ]
    groups = [group for group in groups if group["params"]]
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[net.optimizer]
    rule = kind(groups, betas=(0.9, net.beta_2))
    if net.schedule == "constant":
        return rule, None
    warm_up = max(int(0.05 * n_steps), 1)

    def factor(step: int) -> float:
        if step < warm_up:
            return (step + 1) / warm_up
        done = min((step - warm_up) / max(n_steps - warm_up, 1), 1.0)
        return 0.5 * (1.0 + float(np.cos(np.pi * done)))

    return rule, torch.optim.lr_scheduler.LambdaLR(rule, factor)
