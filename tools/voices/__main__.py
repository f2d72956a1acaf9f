"""`python -m tools.voices OUTPUT.tar`: make the archive of synthetic speech. README.md says what it needs."""

import argparse
from pathlib import Path

import numpy as np

from tools.voices import pseudo
from tools.voices.archive import split_lists, write_archive
from tools.voices.cast import Clip, clips, speakers
from tools.voices.noise import backgrounds
from tools.voices.ogg import encoded
from tools.voices.room import recorded
from tools.voices.studio import Studio

_NOTICE = Path(__file__).parents[2] / "kws_helpers" / "data" / "NOTICE.md"
_IN_THE_BABBLE = 200  # words


def make(output: Path, kokoro: Path, spoken: Path, share: float = 1.0) -> None:
    """Make the archive.

    Args:
        output: a .tar.
        kokoro: the npm package kokoro-js.
        spoken: a folder for what the voices say; what is there is not said again.
        share: of the speakers, and of the clips, to try it out.
    """
    from rich.progress import track

    studio = Studio(spoken, kokoro)
    said = clips(speakers(share), share)
    files = {"NOTICE.md": _NOTICE.read_bytes(), **split_lists(said)}
    for clip in track(said, "Clips"):
        files[clip.name] = encoded(recorded(_word(studio, clip), clip))
    babble = [clip for clip in said if clip.speaker.split == "training"][:: max(1, len(said) // _IN_THE_BABBLE)]
    for name, noise in backgrounds(_word(studio, clip) for clip in babble).items():
        files[f"_background_noise_/{name}.ogg"] = encoded(noise)
    write_archive(output, files)


def _word(studio: Studio, clip: Clip) -> np.ndarray:
    """What the speaker says, as loud as the program made it: samples (n,), float32."""
    word = studio.spoken(clip.speaker.voice, clip.word)
    change = pseudo.change_of(clip.speaker)
    return word if change is None else pseudo.changed(word, change)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.voices", description=make.__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="the archive, a .tar")
    parser.add_argument("--kokoro", type=Path, default=Path("kokoro-js-1.2.1.tgz"), help="default: %(default)s")
    parser.add_argument("--spoken", type=Path, default=Path("build/spoken"), help="default: %(default)s")
    parser.add_argument("--share", type=float, default=1.0, help="of the clips, to try it out")
    arguments = parser.parse_args()
    make(arguments.output, arguments.kokoro, arguments.spoken, arguments.share)


if __name__ == "__main__":
    main()
