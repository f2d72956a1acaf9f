"""The checks of lesson 02."""

import numpy as np

from kws_helpers.check import expect, networks
from kws_helpers.check.ladder import ladder


@ladder("softmax(z)")
def softmax(f):
    yield "returns an array"
    expect.array(f(np.array([[1.0, 2.0, 3.0]])))
    yield "keeps the shape, for one clip and for many"
    for shape in [(12,), (5, 12), (2, 3, 4)]:
        expect.shape(f(np.zeros(shape)), shape)
    yield "gives probabilities between 0 and 1"
    p = np.asarray(f(np.array([[-2.0, 0.0, 3.0], [1.0, 0.5, -4.0]])))
    expect.that(np.all((p >= 0) & (p <= 1)), "values from 0 to 1", p,
                "Those are the logarithms of probabilities." if np.all(p <= 0)
                else "Negative scores need the exponential first, above and below the line." if np.any(p < 0)
                else "For ordinary scores, every exponential was rounded to 0. Subtract the clip's own largest score."
                if np.any(np.isnan(p)) else "Divide each power by the sum of the same powers, those of its own clip.")
    yield "gives probabilities that sum to 1 for every clip"
    causes = {np.allclose(p.sum(), 1): "The sum runs over all clips together. Each clip is divided by its own: axis=-1, "
                                       "keepdims=True.",
              np.allclose(p.sum(axis=0), 1): "The sum runs over the clips (axis 0). It belongs over the classes, the last axis.",
              np.allclose(p.sum(axis=-1), np.exp([-3, -1])): "Subtract the largest score above and below the line.",
              np.allclose(p.sum(axis=-1), 1, atol=0.01): "Add nothing to the sum, and round nothing.",
              np.allclose(p[1, 0], 0.731059): "That is the sigmoid: it looks at every score by itself."}
    expect.close(p.sum(axis=-1), np.ones(2), causes.get(True, "Divide each clip by its own sum: along the last axis only."))
    yield "turns ln 2 more into twice as much, and ln 3 more into three times as much"
    expect.close(f(np.log([1.0, 2.0, 3.0])), np.array([1, 2, 3]) / 6,
                 "Is every score turned into e to the power of the score, and divided by the sum of all of them?", known=[
                     ([1, 1, 1], "A single clip has no rows to go through: z itself is the clip. With axis=-1 one line does "
                      "for any number of axes."),
                     ([0.545455, 0.272727, 0.181818], "The highest score got the smallest probability. Is there a minus?"),
                     ([0, 0, 1], "The largest score gets everything. The others keep a share."),
                     ([0, 0.386853, 0.613147], "The lowest score got 0: that is no exponential, which is never 0."),
                     ([0.210173, 0.339747, 0.450080], "The base is 2. Softmax uses e: np.exp.")])
    yield "takes whole numbers, too"
    expect.close(f(np.array([[2, 2], [-1, -1]])), [[0.5, 0.5], [0.5, 0.5]],
                 "An array made with np.zeros_like of whole numbers can hold nothing but whole numbers.")
    yield "survives very large scores"
    expect.close(f(np.array([[1000.0, 1000.0], [0.0, -5000.0]])), [[0.5, 0.5], [1.0, 0.0]],
                 "exp(1000) is more than a float can hold. What happens to a softmax when the same number is "
                 "subtracted from every score of a clip?", known=[
        ([[0.5, 0.5], [np.nan, 0]], "The right number is subtracted from the first clip, and too small a one from the second: "
         "afterwards its largest score must be 0."),
        ([[0.5, 0.5], [np.nan, np.nan]], "exp(-1000) is 0, and 0 / 0 is nan. Does every clip subtract its own largest score?")])
    expect.close(f(np.array([20_000.0, 19_999.0])), [0.731059, 0.268941], "The difference between two scores must "
                 "still count when both are very large. Cut nothing off; subtract the largest.")
    yield "survives clips whose scores lie far apart"
    expect.close(f(np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])), [[0.5, 0.5], [0.5, 0.5]],
                 "exp(-2000) is 0. Does every clip subtract its own largest score?")


@ladder("cross_entropy(probabilities, one_hot)")
def cross_entropy(f):
    yield "returns one number"
    expect.number(f(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([[1.0, 0.0], [0.0, 1.0]])),
                  "One number for all clips together: the mean of their surprises.")
    yield "is ln 2 = 0.6931 where the right class of every clip had probability 1/2"
    expect.close(f(np.array([[0.5, 0.25, 0.125, 0.125], [0.25, 0.5, 0.125, 0.125]]), np.eye(4)[:2]), np.log(2),
                 "The natural logarithm (np.log) of the right class's probability, with a minus sign.", known=[
        (-np.log(2), "The minus sign is missing: logarithms of probabilities are negative, a surprise is positive."),
        (np.log(2) / 4, "That is a quarter of it: the mean runs over the 4 classes, too. Sum over the classes first."),
        (2 * np.log(2), "That is the sum over the two clips. Take their mean."),
        (np.log(2) / 2, "That is half of it. Add up the surprises of both clips (is the `return` inside the loop?), and divide "
         "by the number of clips, 2, not by that of the classes."),
        (np.inf, "The logarithm of 0 was taken. Sum over the classes, the last axis: a probability for each clip is left."),
        (1.039721, "Every clip was paired with every label. Clip i has only row i of one_hot."),
        (1.148470, "A softmax was taken once more. These are probabilities already."),
        (1, "The logarithm has base 2. The natural one is np.log."),
        (np.log10(2), "The logarithm has base 10. The natural one is np.log."),
        (0.5, "There is no logarithm: that is the mean of 1 - p."),
        (1.247910, "That asks about each class by itself (binary cross-entropy). Only the right class counts."),
        (1.559581, "probabilities[labels] picks whole rows. One number of each row is wanted: the right class's."),
        (1.213008, "That is the entropy of the guesses. The surprise is about the right class: use one_hot.")])
    yield "looks at the right class, not at the most probable one"
    expect.close(f(np.array([[0.8, 0.1, 0.1]]), np.array([[0.0, 0.0, 1.0]])), np.log(10),
                 "The right class had probability 0.1 here, so the surprise is ln 10 and nothing else is added.",
                 known=[
        (-np.log(0.8), "That is the surprise about the most probable class."),
        (-np.log(0.9), "That is the logarithm of 1 - p. The surprise is -ln p.")])
    yield "takes the mean of the clips' surprises: (ln 2 + ln 8) / 2 = ln 4"
    expect.close(f(np.array([[0.5, 0.25, 0.25], [0.5, 0.375, 0.125]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])),
                 np.log(4), "First a surprise for each clip, then their sum divided by the number of clips.",
                 known=[(-np.log(0.3125), "That is the logarithm of the mean. Take the mean of the logarithms.")])
    yield "gives ln 12 to a network that spreads its probability over 12 classes"
    expect.close(f(np.full((3, 12), 1 / 12), np.eye(12)[[0, 5, 11]]), np.log(12))
    yield "gives 0 to a network that is sure and right (0 ln 0 is 0)"
    expect.close(f(np.eye(3), np.eye(3)), 0.0, "Classes with target 0 must add nothing, even where their probability "
                 "is 0 and its logarithm minus infinity.")


@ladder("dense_parameters(layer_sizes)")
def dense_parameters(f):
    yield "returns a whole number"
    expect.whole_number(f([3, 2]), "One number: add up the layers.")
    yield "counts one layer: 3 inputs and 2 neurons have 3 x 2 weights and 2 biases"
    expect.equal(f([3, 2]), 8, "Each neuron has one weight per input, and one bias.", [
        (6, "The biases are missing: every neuron has one, those of the last layer, too."),
        (11, "The inputs have biases here. Only neurons have one."),
        (9, "There is one bias per input here. Each neuron has one."), (7, "One bias is too few: each neuron has one."),
        (0, "No layer was counted: two sizes are one layer. Does a loop end too early?"),
        (2, "Those are the neurons. Each has a weight for every input, and a bias.")])
    yield "adds up the layers of a chain: [4, 3, 5] has 15 + 20"
    expect.equal(f([4, 3, 5]), 35, "Each layer sees the layer before it. Inputs have no bias, the last layer has.", [
        (68, "All sizes are multiplied with each other. A layer sees only the one before it: multiply neighbours."),
        (20, "Only the last layer is counted. Does the sum start again in every round?"),
        (15, "Only the first layer is counted. Is the `return` inside the loop?"),
        (40, "The second layer sees the 3 neurons of the first, not the 4 inputs."),
        (30, "The last layer's neurons have biases, too."), (135_372, "The sizes come from layer_sizes.")])
    yield "counts the network of this lesson: [1960, 64, 128, 12] has 135,372"
    expect.equal(f([1960, 64, 128, 12]), 135_372)
    yield "uses the sizes that it is given"
    expect.equal(f([10, 10, 10]), 220)


@ladder("build_ffnn(input_shape=(49, 40), n_classes=12)")
def build_ffnn(f):
    model, clips = yield from networks.is_built(f, 4, "Flatten makes one long row of numbers of each clip, so that "
                                                "there is one answer for a clip and not one for every frame.")
    yield "has 135,372 parameters, as [1960, 64, 128, 12] says"
    causes = {260_044: "64 neurons come first, then 128.", 126_284: "There are two hidden layers: 64 neurons, then 128.",
              12_492: "The frames are averaged. Flatten keeps all numbers.", 135_168: "use_bias=False leaves the biases out.",
              136_140: "There is batch normalisation. It comes in lesson 04."}
    expect.that(model.count_params() == 135_372, "135,372", f"{model.count_params():,}", causes.get(model.count_params(),
                "Flatten, then dense layers of 64, of 128 and of n_classes neurons, in this order."))
    yield from networks.gives_probabilities(networks.run(model, 3 * clips))
    yield "has nothing that acts only in training"
    later = "Dropout and weight penalties come in lesson 04; here you will see what happens without them."
    expect.that(np.allclose(networks.run(model, clips, training=True), networks.run(model, clips), atol=1e-4),
                "the same answers with training=True", "others", later)
    expect.that(not model.losses, "no weight penalty", f"{len(model.losses)}", later)
    surest = np.max(networks.run(model, 300 * clips))  # before weights are set
    for place, neurons in [("first", 64), ("second", 128)]:
        yield f"has ReLU in the {place} hidden layer: a neuron whose sum is negative says 0"
        one, other = (_run_with_negative_sums(model, neurons, seed, clips) for seed in (1, 2))
        expect.that(np.allclose(one, other, atol=1e-4), f"the same answers however far below 0 the sums of the {neurons} "
                    "neurons are", "different ones", f'The layer of {neurons} neurons needs activation="relu": it turns '
                    "every negative sum into 0. Without it, all layers together can do no more than one.")
    yield "can be sure of something, when its scores are very different"
    expect.that(surest > 0.5, "a probability above 0.5", f"{surest:.2f} at most", "Is there a softmax too many?")
    yield from networks.takes_other_sizes(f, (20, 13))


@ladder("score_gradient(scores, one_hot)")
def score_gradient(f):
    scores, targets = np.log([[1.0, 2.0, 1.0], [3.0, 1.0, 4.0]]), np.eye(3)[[1, 0]]
    right = np.array([[0.25, -0.5, 0.25], [-0.625, 0.125, 0.5]])
    yield "has a number for each score"
    expect.shape(f(scores, targets), (2, 3), "Each clip keeps its row: divide by the number of clips, and add up nothing.")
    yield "is small where the network was right and sure"
    expect.close(f(np.array([[20.0, 0.0]]), np.array([[1.0, 0.0]])), [[0.0, 0.0]],
                 "A higher score could not make the loss of this clip much smaller.")
    yield "says for one clip how the loss changes: probabilities 1/4, 1/2, 1/4, and class 1 is right"
    expect.close(f(scores[:1], targets[:1]), right[:1], "Move one score by a little: by how much does cross_entropy(softmax("
                 "scores), one_hot) move?", known=[
        (right[:1] / 3, "The mean runs over the classes, too. Divide by the number of clips only."),
        (-right[:1], "The sign is wrong: a higher score of the right class makes the loss smaller."),
        ([[0.0, -2.0, 0.0]], "That is the derivative by the probabilities. The scores come before the softmax."),
        ([[0.0, -0.5, 0.0]], "A higher score of a wrong class makes the loss larger, since it takes probability away.")])
    yield "takes the mean over the clips"
    expect.close(f(scores, targets), right / 2, "The loss is a mean over N clips, so each clip's derivative counts 1/N.",
                 known=[(right, "That is the gradient of the sum over the clips. Divide by their number.")])
    yield "survives very large scores"
    expect.close(f(np.array([[1000.0, 1000.0]]), np.array([[1.0, 0.0]])), [[-0.5, 0.5]], "Your softmax does.")


def _run_with_negative_sums(model, neurons, seed, clips):
    """The outputs with random weights everywhere but in the layer of so many neurons, whose sums are all negative."""
    rng, own_rng = np.random.default_rng(0), np.random.default_rng(seed)

    def value(name, shape):
        anything = rng.normal(size=shape) / np.sqrt(shape[0])
        if shape[-1] != neurons:
            return anything
        return -own_rng.uniform(1, 3, neurons) if len(shape) == 1 else 0

    networks.assign(model, value)
    return networks.run(model, clips)
