"""A spotter as C99 that needs no library and no heap, with weights of 8 bits."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kws_helpers.features import FRAMES, N_MELS, N_MFCC, WINDOW, mel_filters
from kws_helpers.spotting.file import Spotter
from kws_helpers.spotting.origin import ATTRIBUTION, learned_from_people
from kws_helpers.spotting.program import Operation, Program, place_of, program_of
from kws_helpers.spotting.quantise import quantised

_PARTS = Path(__file__).with_name("c")
_NEVER = 2.0  # a threshold that no probability reaches
_WIDTH = 116  # characters of a line


def write_c(spotter: Spotter, folder: Path | str) -> None:
    """Write the C files of a spotter into a folder, which is made where there is none.

    Raises:
        ValueError: the network has an array with more than four axes.
        OSError: a file cannot be written.
    """
    program = program_of(spotter.graph)
    kernels = [quantised(one) if one.ndim == 3 else (one, None) for one in program.arrays]
    tables = "\n".join(_tables(spotter))
    weights = "\n".join(_weights(program, kernels))
    values = _values(spotter, program, kernels)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for part in _PARTS.iterdir():
        text = re.sub(r"\{\{(\w+)\}\}", lambda place: str(values[place[1]]), part.read_text("utf-8"))
        (folder / part.name).write_text(text, encoding="utf-8")
    for name, text in (("tables.c", tables), ("weights.c", weights)):
        (folder / name).write_text(f'#include "parts.h"\n\n{text}\n', encoding="utf-8")


def _values(spotter: Spotter, program: Program, kernels: Sequence[tuple]) -> dict[str, Any]:
    """Return what the templates say {{…}} for."""
    classes, kernel_sizes = len(spotter.class_names), [_patch(one) for one in program.operations]
    patch = max(1, *kernel_sizes)
    floats = (FRAMES * (N_MELS + N_MFCC) + 3 * WINDOW + classes * (3 + spotter.smoothing) + program.memory + patch)
    constants = sum(one.nbytes + (0 if scales is None else scales.nbytes) for one, scales in kernels)
    tables = 4 * (WINDOW + 4 * N_MELS + np.count_nonzero(mel_filters()) + 2 * N_MFCC + classes + N_MELS)
    return {
        "words": ", ".join(spotter.keywords), "classes": classes, "chunk": spotter.chunk,
        "smoothing": spotter.smoothing, "refractory": spotter.refractory, "memory": program.memory, "patch": patch,
        "ram": f"{4 * floats + 24:,}",
        "flash": f"{constants + tables:,}", "milliseconds": spotter.chunk * 1000 // 16_000,
        "multiplications": f"{sum(map(_multiplications, program.operations)):,}",
        "attribution": f"\n{ATTRIBUTION}\n" if learned_from_people(spotter) else ""}


def _patch(operation: Operation) -> int:
    """Return how many numbers a kernel hears that have to be copied together."""
    size = operation.numbers.get("kernel_rows", 1) * operation.numbers.get("kernel_columns", 1)
    return operation.numbers.get("patch", 0) if size > 1 else 0


def _multiplications(operation: Operation) -> int:
    n = operation.numbers
    if operation.name not in ("convolve", "depthwise"):
        return 0
    depth = n["channels"] // n["groups"] if operation.name == "convolve" else 1
    return n["out_rows"] * n["out_columns"] * n["filters"] * n["kernel_rows"] * n["kernel_columns"] * depth


def _tables(spotter: Spotter) -> Iterator[str]:
    filters = mel_filters()
    bins = [np.flatnonzero(one) if one.any() else np.array([0, -1]) for one in filters]
    spans = [(int(one[0]), int(one[-1] - one[0] + 1)) for one in bins]
    names = ", ".join(_text(name) for name in spotter.class_names)
    thresholds = [threshold if name in spotter.keywords else _NEVER
                  for name, threshold in zip(spotter.class_names, spotter.thresholds)]
    yield f"const char *const spotter_words[SPOTTER_CLASSES] = {{{names}}};"
    yield _array("float", "spotter_thresholds[SPOTTER_CLASSES]", thresholds)
    yield _array("float", "spotter_mean[SPOTTER_COEFFICIENTS]", spotter.mean)
    yield _array("float", "spotter_std[SPOTTER_COEFFICIENTS]", spotter.std)
    yield _array("float", "spotter_cosine[SPOTTER_WINDOW]", np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW))
    yield _array("float", "spotter_dct[4 * SPOTTER_MELS]", np.cos(np.pi * np.arange(4 * N_MELS) / (2 * N_MELS)))
    yield _array("int16_t", "spotter_mel_bins[SPOTTER_MELS][2]", [f"{{{first}, {count}}}" for first, count in spans])
    yield _array("float", "spotter_mel_weights[]",
                 np.concatenate([one[first : first + count] for one, (first, count) in zip(filters, spans)]))


def _weights(program: Program, kernels: Sequence[tuple]) -> Iterator[str]:
    for number, (array, scales) in enumerate(kernels):
        yield _array("float" if scales is None else "int8_t", f"array_{number}[]", array.ravel(), "static ")
        if scales is not None:
            yield _array("float", f"scales_{number}[]", scales, "static ")
    yield "\nconst struct spotter_step spotter_steps[] = {"
    for one in program.operations:
        yield from _wrapped(_fields(one, program), "    {", "},")
    yield "};"
    yield f"const int spotter_step_count = {len(program.operations)};"
    yield f"const int spotter_input = {program.input.place}, spotter_output = {program.output.place};"


def _fields(operation: Operation, program: Program) -> Iterator[str]:
    yield f".operation = {operation.name.upper()}"
    for name, value in operation.numbers.items():
        value = place_of(value)
        if name == "function":
            yield f".function = {value.upper()}"
        elif isinstance(value, list):
            yield f".{name} = {{{', '.join(map(str, value))}}}"
        elif name != "patch":
            yield f".{name} = {_number(value)}"
    for name, number in operation.weights.items():
        yield f".{name} = array_{number}"
        if name == "kernel":
            yield f".scales = scales_{number}"
        elif name == "scale":
            yield f".scale_length = {program.arrays[number].size}"


def _array(kind: str, name: str, values: Iterable[Any], before: str = "") -> str:
    return "\n".join([f"{before}const {kind} {name} = {{", *_wrapped(map(_number, values), "    ", ""), "};"])


def _number(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        text = f"{np.float32(value):.9g}"
        return f"{text}f" if "." in text or "e" in text else f"{text}.0f"
    return str(value)


def _wrapped(values: Iterable[str], before: str, after: str) -> Iterator[str]:
    """Yield lines of values, filled as far as they go."""
    line = before
    for value in values:
        if len(line) + len(value) > _WIDTH:
            yield line.rstrip()
            line = " " * len(before)
        line += f"{value}, "
    yield line.rstrip(", ") + after


def _text(name: str) -> str:
    """Return a name as a string of C."""
    return '"' + "".join(chr(one) if 32 <= one < 127 and chr(one) not in '"\\?' else f"\\{one:03o}"
                         for one in name.encode()) + '"'
