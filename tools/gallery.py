"""Put the pictures that the tests took in a browser into docs/gallery/, small enough to be kept: `make gallery`."""

import io

from PIL import Image

from autograder.building.figures import figures
from autograder.building.paths import BUILD, ROOT, SOLUTIONS

PICTURES = BUILD / "browser"
GALLERY = ROOT / "docs" / "gallery"
SHOWN = ("start", "check", "05_augmentation-1", "microphone", "progress", "formgrader", "report-light", "report-dark",
         "feedback-light")
WIDTH, COLOURS = 1000, 128
PANEL, GAP = (660, 500), 20


def main() -> None:
    """Copy what is shown, and make one picture of the course for the README."""
    GALLERY.mkdir(exist_ok=True)
    for name in SHOWN:
        save(Image.open(PICTURES / f"{name}.png"), name)
    networks = io.BytesIO(figures(SOLUTIONS / "07_tc_resnet.ipynb")["networks"])
    panels = [Image.open(file) for file in (PICTURES / "check.png", networks, PICTURES / "report-light.png")]
    whole = Image.new("RGB", (len(panels) * (PANEL[0] + GAP) - GAP, PANEL[1]), "white")
    for number, panel in enumerate(panels):
        whole.paste(fitted(panel), (number * (PANEL[0] + GAP), 0))
    save(whole, "course", whole.width)


def save(picture: Image.Image, name: str, width: int = WIDTH) -> None:
    small = scaled(picture, width)
    few = small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(GALLERY / f"{name}.png", optimize=True)


def fitted(picture: Image.Image) -> Image.Image:
    """The upper part of a picture, as wide as a panel; a picture that is not high enough stands in its middle."""
    content, panel = scaled(picture, PANEL[0]), Image.new("RGB", PANEL, "white")
    panel.paste(content, (0, max(0, (PANEL[1] - content.height) // 2)))
    return panel


def scaled(picture: Image.Image, width: int) -> Image.Image:
    height = round(picture.height * width / picture.width)
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
