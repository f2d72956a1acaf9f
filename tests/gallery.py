"""Put the pictures that the tests took in a browser into docs/gallery/, small enough to be kept: `make gallery`."""

import base64
import io

import nbformat
from PIL import Image

from autograder.paths import ROOT, SOLUTIONS
from tests.desk import PICTURES

GALLERY = ROOT / "docs" / "gallery"
SHOWN = ("start", "check", "slider", "microphone", "progress", "formgrader", "report-light", "report-dark",
         "feedback-light")
WIDTH, COLOURS = 1000, 96
PANEL, GAP = (660, 500), 20


def main() -> None:
    """Copy what is shown, and make one picture of the course for the README."""
    GALLERY.mkdir(exist_ok=True)
    for name in SHOWN:
        save(Image.open(PICTURES / f"{name}.png"), name)
    panels = [Image.open(PICTURES / "check.png"), figure("06_tc_resnet", "networks"),
              Image.open(PICTURES / "report-light.png")]
    whole = Image.new("RGB", (len(panels) * (PANEL[0] + GAP) - GAP, PANEL[1]), "white")
    for number, panel in enumerate(panels):
        whole.paste(fitted(panel), (number * (PANEL[0] + GAP), 0))
    save(whole, "course", whole.width)


def save(picture: Image.Image, name: str, width: int = WIDTH) -> None:
    small = scaled(picture, width)
    small.quantize(COLOURS, dither=Image.Dither.NONE).save(GALLERY / f"{name}.png", optimize=True)


def fitted(picture: Image.Image) -> Image.Image:
    """The upper part of a picture, as wide as a panel; a picture that is not high enough stands in its middle."""
    content, panel = scaled(picture, PANEL[0]), Image.new("RGB", PANEL, "white")
    panel.paste(content, (0, max(0, (PANEL[1] - content.height) // 2)))
    return panel


def scaled(picture: Image.Image, width: int) -> Image.Image:
    height = round(picture.height * width / picture.width)
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def figure(lesson: str, name: str) -> Image.Image:
    """A figure of a solved lesson, by the name in its cell's tag."""
    for cell in nbformat.read(SOLUTIONS / f"{lesson}.ipynb", as_version=4).cells:
        if f"figure:{name}" in cell.metadata.get("tags", []):
            data = next(output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {}))
            return Image.open(io.BytesIO(base64.b64decode(data)))
    raise LookupError(f"{lesson} has no figure {name}")


if __name__ == "__main__":
    main()
