"""The checks of lesson 05 about training: clips that change in every epoch, and a network with all layers of lesson 04."""

import numpy as np

from kws_helpers.check import expect, networks
from kws_helpers.check.calling import call
from kws_helpers.check.ladder import ladder


@ladder("ChangedClips(x, y, change, batch_size=64)")
def ChangedClips(f):
    x, y = np.arange(10.0).reshape(10, 1), np.arange(10)
    yield "counts the batches, the last one included"
    for n, batches in ((5, 2), (4, 3), (16, 1)):
        number = call(f(x, y, np.copy, batch_size=n).__len__)
        expect.equal(number, batches, f"10 clips in batches of {n}: round up, since every clip must be in a batch.")
        expect.that(hasattr(number, "__index__"), "an int", number, "len(…) takes no float. math.ceil gives an int.")
    made = f(x, y, lambda clip: clip + 0.5, batch_size=4)
    yield "makes a batch of clips and one of labels"
    batch = call(made.__getitem__, 0)
    expect.that(isinstance(batch, (tuple, list)) and len(batch) == 2, "two things: clips and labels", batch)
    expect.shape(batch[0], (4, 1), "`batch_size` clips: np.stack makes one array of a list.")
    expect.shape(batch[1], (4,), "a label for each clip of the batch.")
    yield "changes every clip with `change`, and leaves the labels to their clips"
    expect.close(batch[0][:, 0], np.asarray(batch[1]) + 0.5, "Clip and label must have the same number.")
    again = call(made.__getitem__, 0)
    expect.equal(again[1], batch[1], "The same batch has the same clips until the epoch ends: those of `self.order`.")
    expect.close(again[0], batch[0], "The second time, the clips were changed twice: `self.x` must stay as it is.")
    yield "has a last batch that may be smaller"
    expect.shape(call(made.__getitem__, 2)[0], (2, 1), "10 clips in batches of 4 leave two for the last one.")
    yield "has every clip once in an epoch, in the order of `self.order`"
    labels = np.concatenate([call(made.__getitem__, number)[1] for number in range(3)])
    expect.equal(np.sort(labels), np.arange(10), "Batch 0 takes the first numbers in `self.order`, batch 1 the next.")
    expect.equal(labels, y[np.asarray(made.order)], "The numbers of a batch's clips are a piece of `self.order`.")
    yield "calls `change` anew every time"
    numbers = iter(range(1000))
    counted = f(x, y, lambda clip: clip * 0 + next(numbers), batch_size=10)
    first, second = call(counted.__getitem__, 0)[0], call(counted.__getitem__, 0)[0]
    expect.that(not np.array_equal(first, second), "other values for the same batch", "twice the same",
                "Call `change` in `__getitem__`, for each clip of the batch.")
    expect.that(len(np.unique(first)) == 10, "ten clips changed one by one", "a batch changed as a whole",
                "`change` takes a single clip: call it in a loop.")


@ladder("build_regularised_ffnn(input_shape=(49, 40), n_classes=12, dropout=0.5, l2=1e-4)")
def build_regularised_ffnn(f):
    model, clips = yield from networks.is_built(f, 6, "Is there a Flatten, so that there is one answer for a clip?")
    yield from networks.gives_probabilities(networks.run(model, 3 * clips), of_loud=networks.run(model, 1000 * clips))
    yield "has dense layers of 64, of 128 and of 12 neurons"
    kernels = [tuple(weight.shape) for weight in model.weights if weight.name == "kernel"]
    expect.that(sorted(kernels) == [(64, 128), (128, 12), (1960, 64)], "kernels (1960, 64), (64, 128) and (128, 12)",
                ", ".join(map(str, kernels)))
    last = [weight.name for weight in model.weights if weight.shape == (12,) and weight.name != "bias"]
    expect.that(not last, "nothing but softmax after the last of them", f"{', '.join(last)} of batch normalisation")
    for neurons in (64, 128):
        yield f"has batch normalisation for the {neurons} neurons"
        names = {weight.name for weight in model.weights if tuple(weight.shape) == (neurons,)}
        expect.that({"gamma", "beta", "moving_mean", "moving_variance"} <= names, "gamma, beta and moving statistics",
               ", ".join(sorted(names)) or "none", "keras.layers.BatchNormalization() comes after the dense layer.")
        yield f"has ReLU after it: normalised sums below 0 become 0 ({neurons} neurons)"
        one, other = (_run_below_zero(model, neurons, beta, clips) for beta in (-1.0, -2.0))
        expect.close(other, one, f"All {neurons} normalised sums were negative, and yet it mattered how negative. The "
                     "order is dense, batch norm, ReLU.")
        yield f"has ReLU after it: normalised sums above 0 stay ({neurons} neurons)"
        one, other = (_run_below_zero(model, neurons, beta, clips) for beta in (1.0, 2.0))
        expect.that(not np.allclose(one, other, atol=1e-3), "another result for another sum", "the same result")
        yield f"has no other ReLU before it ({neurons} neurons)"
        one, other = (_run_negative_sums(model, neurons, size, clips) for size in (1.0, 2.0))
        expect.that(not np.allclose(one, other, atol=1e-4), "another result for another sum below 0", "the same result",
                    "Dense has an activation of its own. Leave it out there: the ReLU follows the batch normalisation.")
    yield "has dropout after both hidden layers in training, with the rate that is given"
    for rate in (0.5, 0.3):
        rates = networks.dropout_rates(f(dropout=rate), (49, 40), 12)
        expect.that(np.allclose(rates, rate, atol=0.05), f"a rate of {rate} in both places",
                    " and ".join(f"{one:.2f}" for one in rates), "The rate is the argument `dropout`."
                    if np.allclose(rates, 0.5, atol=0.05) else "The rate is the share that is silenced, not the share "
                    "that is kept." if np.allclose(rates, 1 - rate, atol=0.05)
                    else "keras.layers.Dropout comes after each ReLU.")
    yield "has no dropout when it is used"
    expect.close(networks.run(model, clips), networks.run(model, clips))
    yield "has an L2 penalty on the kernels of all dense layers, with the strength that is given"
    for strength in (1e-4, 0.05):
        built = f(l2=strength)
        networks.run(built, clips)
        for weight in built.weights:
            if weight.name in ("bias", "beta"):  # 0 before training, so that a penalty on them would not show
                weight.assign(np.ones(weight.shape))
        squares = sum(np.sum(np.square(weight)) for weight in built.weights if weight.name == "kernel")
        penalty = float(sum(np.sum(one) for one in built.losses))
        expect.that(np.isclose(penalty, strength * squares, rtol=1e-3), f"{strength} times the sum of the squares "
               f"({strength * squares:.4g})", f"{penalty:.4g}", _about_penalty(penalty, strength, squares, built))
    yield "has no penalty with l2=0"
    built = f(l2=0.0)
    networks.run(built, clips)
    expect.close(float(sum(np.sum(one) for one in built.losses)), 0.0)
    yield from networks.takes_other_sizes(f, (20, 13))


def _about_penalty(penalty, strength, squares, built):
    """What to say of a wrong penalty, where the sum of the squares of all kernels is `squares`."""
    sizes = sum(np.sum(np.abs(weight)) for weight in built.weights if weight.name == "kernel")
    ones = sum(np.size(weight) for weight in built.weights if weight.name == "bias")
    known = [(0.01 * squares, '"l2" as a text has the strength 0.01. Use keras.regularizers.L2(l2).'),
             (1e-4 * squares, "The strength is fixed. Use `l2`."), (strength * sizes, "That is an L1 penalty."),
             (strength * squares / 2, "That is half of it. Keras' L2 has no factor 1/2."),
             (strength * ones, "Only the biases have a penalty. It belongs on the kernels: kernel_regularizer=…"),
             (strength * (squares + ones), "The biases have a penalty, too. It belongs on the kernels alone.")]
    return next((words for wrong, words in known if np.isclose(penalty, wrong, rtol=1e-3)),
                "kernel_regularizer=… in every Dense, the last one too.")


def _run_below_zero(model, neurons, beta, clips):
    """The outputs when the normalised sums of the layer with so many neurons are all `beta`, and the rest random."""
    rng = np.random.default_rng(0)

    def value(name, shape):
        if name == "kernel":
            return rng.normal(size=shape) / np.sqrt(shape[0])
        here = shape == (neurons,)
        return {"beta": beta if here else 1, "gamma": 0 if here else 1, "moving_variance": 1}.get(name, 0)

    networks.assign(model, value)
    return networks.run(model, clips)


def _run_negative_sums(model, neurons, size, clips):
    """The outputs when every sum of the layer with so many neurons is `-size`, and the mean that is subtracted -3."""
    rng = np.random.default_rng(0)

    def value(name, shape):
        here = shape[-1] == neurons
        if name == "kernel":
            return -size / shape[0] if here else rng.normal(size=shape) / np.sqrt(shape[0]) * (shape[0] < 1960)
        return {"beta": float(shape == (64,) != (neurons,)), "gamma": 1, "moving_mean": -3 if here else 0,
                "moving_variance": 1}.get(name, 0)

    networks.assign(model, value)
    return networks.run(model, np.ones_like(clips))
