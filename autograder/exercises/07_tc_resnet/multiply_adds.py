"""What the judge knows of `multiply_adds` (lesson 07_tc_resnet)."""

import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

from autograder.judging.exercise import Case, Exercise
from autograder.judging.proxy import FunctionProxy


class CountCase(Case):
    """A network to count, made when it is needed."""

    def __init__(self, aspect: str, make: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(aspect)
        self._make = partial(make, *args, **kwargs)

    @cached_property
    def model(self) -> Any:
        return self._make()


def observe_count(function: FunctionProxy, case: CountCase) -> Any:
    return function(case.model)


multiply_adds = Exercise("multiply_adds", tolerance=0, observe=observe_count)


@multiply_adds.cases
def multiply_adds_cases(rng):
    def sizes(n, low=3, high=12):
        return tuple(int(size) for size in rng.integers(low, high, size=n))

    yield CountCase("convolutions and dense layers", _picture_network, sizes(4), 2, "same")
    yield CountCase("convolutions and dense layers", _series_network, sizes(4), 2, "same")
    yield CountCase("convolutions and dense layers", _picture_network, sizes(4), 1, "valid")
    yield CountCase("a network with a shortcut", _series_network, sizes(4), 3, "valid", shortcut=True)
    yield CountCase("depthwise convolutions", _depthwise_network, sizes(3), 1)
    yield CountCase("depthwise convolutions", _depthwise_network, sizes(3), 2)
    yield CountCase("a network inside a network", _nested_network, sizes(4), 1)
    yield CountCase("a network inside a network", _nested_network, sizes(4), 2)
    yield CountCase("a dense layer on every frame", _dense_on_frames, sizes(3))


def _picture_network(sizes, stride, padding):
    from keras import Input, Sequential, layers

    one, two, three, classes = sizes
    return Sequential([
        Input((25 + one, 17 + two, 3)), layers.Conv2D(one, (3, 5), strides=stride, padding=padding, activation="relu"),
        layers.BatchNormalization(), layers.MaxPooling2D(2), layers.Conv2D(two, 2, padding=padding, use_bias=False),
        layers.Flatten(), layers.Dense(three), layers.ReLU(), layers.Dropout(0.2),
        layers.Dense(classes, use_bias=False)])


def _series_network(sizes, stride, padding, shortcut=False):
    from keras import Input, Model, layers

    one, two, three, classes = sizes
    x = inputs = Input((30 + one, 2 + two))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(three, 5, strides=stride, padding=padding)(x)))
    if shortcut:
        x = layers.Add()([x, layers.Conv1D(three, 3, padding="same", use_bias=False)(x)])
    x = layers.GlobalAveragePooling1D()(x)
    return Model(inputs, layers.Dense(classes, activation="softmax")(x))


def _depthwise_network(sizes, multiplier):
    from keras import Input, Sequential, layers

    one, two, classes = sizes
    return Sequential([
        Input((21 + one, 13 + two, one)), layers.DepthwiseConv2D((3, 2), padding="same", depth_multiplier=multiplier),
        layers.Conv2D(two, 1), layers.DepthwiseConv2D(3, strides=2, use_bias=False), layers.Reshape((-1, two)),
        layers.DepthwiseConv1D(5, padding="valid", depth_multiplier=multiplier), layers.GlobalMaxPooling1D(),
        layers.Dense(classes)])


def _nested_network(sizes, depth):
    from keras import Input, Sequential, layers

    one, two, three, classes = sizes
    inner = Sequential([Input((28, one)), layers.Conv1D(two, 3), layers.ReLU(), layers.Conv1D(three, 4, strides=2),
                        layers.Flatten(), layers.Dense(two)])
    for _ in range(depth - 1):
        inner = Sequential([Input((28, one)), inner, layers.Dense(three)])
    return Sequential([Input((28, one)), layers.Conv1D(one, 2, padding="same"), inner, layers.Dense(classes)])


def _dense_on_frames(sizes):
    from keras import Input, Sequential, layers

    one, two, classes = sizes
    return Sequential([Input((10 + one, 6)), layers.Dense(two, activation="relu"), layers.GlobalAveragePooling1D(),
                       layers.Dense(classes)])


def _all_layers(model, nested=True):
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.Model):
            if nested:
                yield from _all_layers(layer, nested)
        else:
            yield layer


def _is(layer, *names):
    return type(layer).__name__ in names


def _outputs(layer):
    return math.prod(layer.output.shape[1:])


def _cost(layer):
    """The multiply-adds of one layer, counted right."""
    if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D"):
        return _outputs(layer) * math.prod(layer.kernel_size)
    return _outputs(layer) * math.prod(layer.kernel.shape[:-1]) if _is(layer, "Dense", "Conv1D", "Conv2D") else 0


def _count(model, special=lambda layer: None, nested=True):
    """The sum over all layers, where `special` may count a layer in its own way."""
    own = [(special(layer), layer) for layer in _all_layers(model, nested)]
    return sum(_cost(layer) if count is None else count for count, layer in own)


@multiply_adds.mistake("Those are the parameters. A convolution uses each of its weights again at every place that it "
                       "looks at: multiply by the numbers that come out.")
def parameters_instead(model):
    return model.count_params()


@multiply_adds.mistake("A dense layer is counted once, even where it works on every frame. There it is used again for "
                       "each: multiply by the numbers that come out.")
def dense_layers_once(model):
    return _count(model, lambda layer: math.prod(layer.kernel.shape) if _is(layer, "Dense") else None)


@multiply_adds.mistake("Each weight of a convolution is counted once. It is used again at every place that the kernel "
                       "looks at: multiply by the lengths of the axes that come out.")
def every_weight_once(model):
    return sum(math.prod(layer.kernel.shape) for layer in _all_layers(model) if hasattr(layer, "kernel"))


@multiply_adds.mistake("The places are those of the layer's input. A stride, or a kernel without padding, leaves "
                       "fewer: take the shape that comes out.")
def places_of_the_input(model):
    def special(layer):
        if _is(layer, "Conv1D", "Conv2D"):
            return math.prod(layer.input.shape[1:-1]) * math.prod(layer.kernel.shape)
        if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D"):
            return math.prod(layer.input.shape[1:-1]) * layer.output.shape[-1] * math.prod(layer.kernel_size)
        return None
    return _count(model, special)


@multiply_adds.mistake("The channels that come in are missing: every number that comes out of a convolution is a sum "
                       "over the kernel's places and over all channels that come in.")
def channels_in_forgotten(model):
    return _count(model, lambda layer: _outputs(layer) * math.prod(layer.kernel_size)
                  if _is(layer, "Conv1D", "Conv2D") else None)


@multiply_adds.mistake("The biases are counted. A bias is added, but nothing is multiplied.")
def biases_counted(model):
    return _count(model, lambda layer: _cost(layer) + _outputs(layer) if getattr(layer, "use_bias", False) else None)


@multiply_adds.mistake("Batch normalisation is counted. Only dense layers and convolutions count here.")
def normalisation_counted(model):
    return _count(model, lambda layer: _outputs(layer) if _is(layer, "BatchNormalization") else None)


@multiply_adds.mistake("Multiplications and additions are counted separately. One multiplication with its addition "
                       "counts as one.")
def twice(model):
    return 2 * _count(model)


@multiply_adds.mistake("The dense layers are missing.")
def no_dense_layers(model):
    return _count(model, lambda layer: 0 if _is(layer, "Dense") else None)


@multiply_adds.mistake("Only Conv2D is counted among the convolutions. Conv1D counts as well.")
def no_convolution_over_time(model):
    return _count(model, lambda layer: 0 if _is(layer, "Conv1D") else None)


@multiply_adds.mistake("Depthwise convolutions are missing. In Keras they are layers of their own kind, "
                       "DepthwiseConv1D and DepthwiseConv2D.")
def no_depthwise_convolutions(model):
    return _count(model, lambda layer: 0 if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("A depthwise convolution is counted like an ordinary one. Each number that comes out of it sees "
                       "one channel only: the weights are those of the kernel's places, without the channels.")
def depthwise_as_an_ordinary_convolution(model):
    return _count(model, lambda layer: _outputs(layer) * math.prod(layer.kernel.shape[:-1])
                  if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("A network that is a layer of another network is left out. Look into it: the function may call "
                       "itself.")
def no_networks_inside(model):
    return _count(model, nested=False)


@multiply_adds.mistake("A network inside a network is looked into, but not a network inside that one. Let the function "
                       "call itself, however deep it goes.")
def only_one_level_deep(model):
    import keras

    inside = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return _count(model, nested=False) + sum(_count(layer, nested=False) for layer in inside)


@multiply_adds.mistake("The multiplier of a depthwise convolution is counted twice: the channels that come out already "
                       "include it.")
def multiplier_twice(model):
    return _count(model, lambda layer: _cost(layer) * layer.depth_multiplier
                  if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("For a depthwise convolution the channels that come in are counted instead of those that come "
                       "out. With a multiplier there are more that come out.")
def multiplier_forgotten(model):
    return _count(model, lambda layer: _cost(layer) // layer.depth_multiplier
                  if _is(layer, "DepthwiseConv1D", "DepthwiseConv2D") else None)


@multiply_adds.mistake("Pooling is counted. Only dense layers and convolutions count here.")
def pooling_counted(model):
    return _count(model, lambda layer: _outputs(layer) * math.prod(layer.pool_size)
                  if _is(layer, "MaxPooling2D") else None)


@multiply_adds.right_answer
def counted_layer_by_layer(model):
    import keras

    count = 0
    for layer in model.layers:
        kind = type(layer).__name__
        if isinstance(layer, keras.Model):
            count += counted_layer_by_layer(layer)
        elif kind == "Dense":
            inputs, outputs = layer.kernel.shape
            count += inputs * outputs * int(np.prod(layer.output.shape[1:-1]))
        elif kind == "Conv1D":
            _, frames, channels = layer.output.shape
            count += frames * channels * layer.kernel_size[0] * layer.input.shape[-1]
        elif kind == "Conv2D":
            _, height, width, channels = layer.output.shape
            k, m = layer.kernel_size
            count += height * width * channels * k * m * layer.input.shape[-1]
        elif kind == "DepthwiseConv1D":
            _, frames, channels = layer.output.shape
            count += frames * channels * layer.kernel_size[0]
        elif kind == "DepthwiseConv2D":
            _, height, width, channels = layer.output.shape
            count += height * width * channels * layer.kernel_size[0] * layer.kernel_size[1]
    return count


@multiply_adds.right_answer
def places_times_weights(model):
    """Every weight of a kernel is used once at every place."""
    import keras

    counted = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.DepthwiseConv1D,
               keras.layers.DepthwiseConv2D)
    layers = model._flatten_layers(include_self=False)
    return np.sum([np.prod(layer.output.shape[1:-1]) * np.prod(layer.kernel.shape)
                   for layer in layers if isinstance(layer, counted)]).astype(int)


@multiply_adds.right_answer
def from_parameters_without_biases(network):
    import keras
    from keras import layers

    total, todo = 0, list(network.layers)
    while todo:
        layer = todo.pop()
        if isinstance(layer, keras.Model):
            todo.extend(layer.layers)
        elif isinstance(layer, (layers.Dense, layers.Conv1D, layers.Conv2D, layers.DepthwiseConv1D,
                                layers.DepthwiseConv2D)):
            biases = layer.bias.shape[0] if layer.use_bias else 0
            places = math.prod(layer.compute_output_shape(layer.input.shape)[1:-1])
            total += (layer.count_params() - biases) * places
    return float(total)


@multiply_adds.right_answer
def in_one_expression(model):
    import keras

    return sum(
        in_one_expression(layer) if hasattr(layer, "layers")
        else 0 if not hasattr(layer, "kernel_size") and not isinstance(layer, keras.layers.Dense)
        else math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape) for layer in model.layers)
