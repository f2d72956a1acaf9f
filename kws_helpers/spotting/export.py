"""A spotter in other forms: a page for the browser, C, TensorFlow Lite."""

from pathlib import Path

from kws_helpers.spotting.file import load

_ENDINGS = {"page": ".html", "c": ".c", "tflite": ".tflite"}


def write(network: Path | None, form: str, output: Path | None = None) -> Path:
    """Write the spotter in a `.keras` file (None: the one in the box) in another form; return where.

    Raises:
        ValueError: the file is no spotter, or one with a layer that this form does not know.
        OSError: a file cannot be read or written.
    """
    output = output or (network or Path("spotter")).with_suffix(_ENDINGS[form])
    spotter = load(network)
    if form == "page":
        from kws_helpers.spotting.page import write_page

        write_page(spotter, output)
    elif form == "c":
        from kws_helpers.spotting.c_code import write_c

        write_c(spotter, output)
    else:
        from kws_helpers.spotting.lite import write_tflite

        write_tflite(spotter, network, output)
    return output
