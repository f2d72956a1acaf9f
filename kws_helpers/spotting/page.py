"""A spotter as one HTML file that listens in any browser, without a server and without the network."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kws_helpers.spotting.file import Spotter
from kws_helpers.spotting.origin import ATTRIBUTION, learned_from_people
from kws_helpers.spotting.program import Buffer, Program, place_of, program_of

_PARTS = Path(__file__).with_name("web")


def write_page(spotter: Spotter, path: Path | str) -> None:
    """Write a page that holds the spotter and all that it takes to listen with it.

    Raises:
        ValueError: the network has an array with more than four axes.
        OSError: the file cannot be written.
    """
    program = program_of(spotter.graph)
    weights = np.concatenate([array.ravel() for array in program.arrays])
    parts = {part.name: part.read_text("utf-8") for part in _PARTS.iterdir()}
    parts |= {
        "description": _for_html(_description(spotter) | {"network": {
            "memory": program.memory, "input": _span(program.input), "output": _span(program.output),
            "steps": list(_steps(program))}}),
        "weights": base64.b64encode(_three_bytes(weights)).decode(),
        "parameters": f"{weights.size:,}",
        "attribution": f'<p class="small">{ATTRIBUTION}</p>\n' if learned_from_people(spotter) else "",
    }
    page = re.sub(r"\{\{([\w.]+)\}\}", lambda place: parts[place[1]], parts["page.html"])
    Path(path).write_text(page, encoding="utf-8")


def _description(spotter: Spotter) -> dict[str, Any]:
    """Return what the page has to know of a spotter, besides its network."""
    return {"class_names": list(spotter.class_names), "mean": spotter.mean.tolist(), "std": spotter.std.tolist(),
            "keywords": [spotter.class_names.index(name) for name in spotter.keywords],
            "thresholds": spotter.thresholds.tolist(), "smoothing": spotter.smoothing,
            "refractory": spotter.refractory, "chunk": spotter.chunk}


def _for_html(description: dict[str, Any]) -> str:
    """Return JSON in which no name of a class can end the script that it stands in."""
    return json.dumps(description, allow_nan=False).replace("<", "\\u003c")


def _span(buffer: Buffer) -> list[int]:
    return [buffer.place, buffer.place + buffer.size]


def _steps(program: Program) -> Iterator[dict[str, Any]]:
    """Yield the operations, their weights as [from, to] in the one array that holds all of them."""
    ends = np.cumsum([0, *(array.size for array in program.arrays)]).tolist()
    for one in program.operations:
        weights = {name: ends[number : number + 2] for name, number in one.weights.items()}
        numbers = {name: place_of(value) for name, value in one.numbers.items()}
        yield {"operation": one.name, "weights": weights, **numbers}


def _three_bytes(weights: np.ndarray) -> bytes:
    """Return float32 without their last byte, rounded."""
    return (weights.astype("<f4").view("<u4") + 0x80).view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
