"""The expected figures: cut from the solved notebook, attached to the student's."""

import base64
import io
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

WIDTH = 640  # pixels; the student's own figures are larger
_EXPECTED = re.compile(r"!\[([^\]]*)\]\(expected:([\w-]+)\)")


def figures(solution: Path) -> dict[str, bytes]:
    """Return the figures of a solved notebook, as PNG, by the name in the cell's tag "figure:name"."""
    if not solution.exists():
        return {}
    found = {}
    for cell in nbformat.read(solution, as_version=4).cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("figure:"):
                picture = next(output.data["image/png"] for output in cell.outputs
                               if "image/png" in output.get("data", {}))
                found[tag.removeprefix("figure:")] = base64.b64decode(picture)
    return found


def attach_expected(notebook: NotebookNode, pictures: dict[str, bytes]) -> None:
    """Turn `![words](expected:name)` into a picture attached to its cell, or into its words where there is none."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        attachments = {f"{name}.png": {"image/png": base64.b64encode(_small(pictures[name])).decode()}
                       for _, name in _EXPECTED.findall(cell.source) if name in pictures}
        if attachments:
            cell["attachments"] = attachments
        cell.source = _EXPECTED.sub(
            lambda found: f"![{found[1]}](attachment:{found[2]}.png)" if found[2] in pictures else f"*{found[1]}*",
            cell.source)


def _small(picture: bytes) -> bytes:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    height = round(image.height * WIDTH / image.width)
    image = image.resize((WIDTH, height), Image.Resampling.LANCZOS).quantize(48, dither=Image.Dither.NONE)
    small = io.BytesIO()
    image.save(small, format="png", optimize=True)
    return small.getvalue()
