"""What the judge knows of `dense_parameters` (lesson 02_ffnn)."""

from itertools import pairwise

import numpy as np

from autograder.judging.exercise import Case, Exercise

dense_parameters = Exercise("dense_parameters", tolerance=0)


@dense_parameters.cases
def dense_parameters_cases(rng):
    for length in (4, 3, 6):
        yield Case("a chain of layers", rng.integers(2, 300, size=length).tolist())
    yield Case("a single layer", rng.integers(2, 3000, size=2).tolist())
    yield Case("large layers", rng.integers(1000, 1800, size=5).tolist())  # a network of them still fits a sandbox


@dense_parameters.mistake("The biases are missing: every neuron has one number of its own beside its weights.")
def no_biases(layer_sizes):
    return sum(a * b for a, b in pairwise(layer_sizes))


@dense_parameters.mistake("The inputs got biases as well. The first number is the number of inputs, not a layer: only "
                          "neurons have a bias.")
def biases_for_the_inputs(layer_sizes):
    return sum(a * b for a, b in pairwise(layer_sizes)) + sum(layer_sizes)


@dense_parameters.mistake("The last layer's neurons have biases too.")
def no_biases_in_the_last_layer(layer_sizes):
    return sum(a * b for a, b in pairwise(layer_sizes)) + sum(layer_sizes[1:-1])


@dense_parameters.mistake("A layer has one bias per neuron of its own, not one per input: a layer with a inputs and b "
                          "neurons has b biases.")
def one_bias_per_input(layer_sizes):
    return sum(a * b + a for a, b in pairwise(layer_sizes))


@dense_parameters.mistake("Each layer has only one bias here. Each of its neurons needs one.")
def one_bias_per_layer(layer_sizes):
    return sum(a * b + 1 for a, b in pairwise(layer_sizes))


@dense_parameters.mistake("Those are the neurons. Each neuron has a weight for every input, and a bias.")
def neurons_only(layer_sizes):
    return sum(layer_sizes[1:])


@dense_parameters.mistake("All sizes are multiplied with each other. A layer sees only the layer before it: multiply "
                          "neighbours and add up the layers.")
def product_of_all(layer_sizes):
    product = 1
    for size in layer_sizes:
        product *= size
    return product + sum(layer_sizes[1:])


@dense_parameters.mistake("Only the last layer is returned. Is the `return` inside the loop's body, or the sum started "
                          "again in every round?")
def last_layer_only(layer_sizes):
    return layer_sizes[-2] * layer_sizes[-1] + layer_sizes[-1]


@dense_parameters.mistake("Only the first layer is counted. Is the `return` inside the loop?")
def first_layer_only(layer_sizes):
    return layer_sizes[0] * layer_sizes[1] + layer_sizes[1]


@dense_parameters.mistake("Every layer is counted as if it saw the first inputs. A layer sees the outputs of the layer "
                          "before it.")
def every_layer_on_the_inputs(layer_sizes):
    return sum(layer_sizes[0] * b + b for b in layer_sizes[1:])


@dense_parameters.mistake("Fixed numbers of inputs or neurons are used. The sizes come from `layer_sizes`.")
def always_the_same_number(layer_sizes):
    return 135_372


@dense_parameters.right_answer
def dense_parameters_in_a_loop(layer_sizes):
    total = 0
    for i in range(1, len(layer_sizes)):
        total += layer_sizes[i - 1] * layer_sizes[i] + layer_sizes[i]
    return total


@dense_parameters.right_answer
def dense_parameters_of_arrays(layer_sizes):
    sizes = np.array(layer_sizes)
    return ((sizes[:-1] + 1) * sizes[1:]).sum()


@dense_parameters.right_answer
def dense_parameters_by_recursion(sizes):
    return 0 if len(sizes) < 2 else (sizes[0] + 1) * sizes[1] + dense_parameters_by_recursion(sizes[1:])


@dense_parameters.right_answer
def dense_parameters_of_products(layer_sizes):
    return int(np.dot(layer_sizes[:-1], layer_sizes[1:]) + np.sum(layer_sizes[1:]))


@dense_parameters.right_answer
def dense_parameters_of_a_network(layer_sizes):
    import keras

    inputs, *neurons = layer_sizes
    return keras.Sequential([keras.Input((inputs,)), *map(keras.layers.Dense, neurons)]).count_params()
