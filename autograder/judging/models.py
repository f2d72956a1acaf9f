"""Look at a Keras model without its words: the shapes of its weights, and its outputs for weights that we set.

The reference and the student's model get the same random weights, so equal networks give equal outputs, whatever their
layers are called and whichever way they were put together. Nothing is ever trained.
"""

from collections import Counter
from typing import Any

import numpy as np

from autograder.judging.exercise import Case
from autograder.judging.proxy import FunctionProxy, ModelProxy
from kws_helpers.check.calling import CallFailed

_CLIPS = 5


class ModelCase(Case):
    """A call of a function that builds a model, and what to look at.

    Args:
        look: "layers" (shapes of the weights, sorted), "outputs" (for random weights and inputs), "training" (the same
            in training mode, where dropout and batch normalisation act) or "plain" (that training brings nothing of
            its own: no dropout, no noise, no weight penalty).
        inputs: the shape of one input, without the batch axis.
    """

    def __init__(self, aspect: str, look: str, inputs: tuple[int, ...], seed: int, **kwargs: Any) -> None:
        super().__init__(aspect, **kwargs)
        self.look, self.inputs, self.seed = look, inputs, seed


def observe_model(build: FunctionProxy, case: ModelCase) -> Any:
    """Build the model and look at it.

    Raises:
        CallFailed: the result is no model or cannot be used.
    """
    model = build.build(*case.args, **case.kwargs)
    rng = np.random.default_rng(case.seed)
    inputs = rng.normal(size=(_CLIPS, *case.inputs)).astype(np.float32)
    model.show(inputs)
    shapes = [weight.shape for weight in model.weights]
    if case.look == "layers":
        return np.array(sorted(map(str, shapes)))
    model.set_weights(_random_weights(case.seed, shapes))
    outputs = model(inputs, training=case.look in ("training", "plain"))
    if case.look == "plain":
        _expect_plain(model, outputs, model(inputs))
    return outputs


def _random_weights(seed: int, shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Return weights that depend on their shape, and among equal shapes on their order.

    A layer thus gets the same weights wherever a model lists it; one written as a class lists layers as it made them.
    """
    before = Counter()
    weights = []
    for shape in shapes:
        weights.append(_random_weight(np.random.default_rng([seed, before[shape], *shape]), shape))
        before[shape] += 1
    return weights


def _random_weight(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return a weight scaled so that signals neither vanish nor explode; positive where a variance may be meant."""
    if len(shape) < 2:
        return rng.uniform(0.1, 1.0, size=shape).astype(np.float32)
    return (rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))).astype(np.float32)


def _expect_plain(model: ModelProxy, in_training: Any, afterwards: Any) -> None:
    if not np.allclose(in_training, afterwards, rtol=0, atol=1e-5):
        raise CallFailed("raised", "in training mode the outputs are different. Is there dropout, noise or batch "
                                   "normalisation?", "ChangesInTraining")
    if model.losses:
        raise CallFailed("raised", "a weight penalty is added to the loss.", "HasPenalty")
