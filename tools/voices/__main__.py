"""`python -m tools.voices OUTPUT.tar`: make the archive of synthetic speech. README.md says what it needs."""

import argparse
from pathlib import Path

import numpy as np

from tools.voices import pseudo
from tools.voices.archive import LISTS, read_archive, split_lists, write_archive
from tools.voices.cast import Clip, clips, speakers
from tools.voices.noise import KINDS, RECORDINGS, backgrounds
from tools.voices.ogg import encoded
from tools.voices.room import recorded
from tools.voices.studio import Studio

_NOTICE = Path(__file__).parents[2] / "kws_helpers" / "data" / "NOTICE.md"


def make(output: Path, words: dict[str, bytes]) -> None:
    """Make the archive.

    Args:
        output: a .tar.
        words: the files of the clips, and the split lists.
    """
    from rich.progress import track

    noises = track(backgrounds(), "Noises", total=len(KINDS) * sum(RECORDINGS.values()))
    files = {name: encoded(samples) for name, samples in noises}
    write_archive(output, {"NOTICE.md": _NOTICE.read_bytes(), **words, **files})


def words_spoken(kokoro: Path, spoken: Path, share: float = 1.0) -> dict[str, bytes]:
    """Have everything said.

    Args:
        kokoro: the npm package kokoro-js.
        spoken: a folder for what the voices say; what is there is not said again.
        share: of the speakers, and of the clips, to try it out.
    """
    from rich.progress import track

    studio = Studio(spoken, kokoro)
    said = clips(speakers(share), share)
    takes = {clip.name: encoded(recorded(_word(studio, clip), clip)) for clip in track(said, "Clips")}
    return takes | split_lists(said)


def words_of(archive: Path) -> dict[str, bytes]:
    """Return the words of an archive that was made before, byte for byte."""
    return {name: file for name, file in read_archive(archive).items() if "_nohash_" in name or name in LISTS}


def _word(studio: Studio, clip: Clip) -> np.ndarray:
    """What the speaker says, as loud as the program made it: samples (n,), float32."""
    word = studio.spoken(clip.speaker.voice, clip.word)
    change = pseudo.change_of(clip.speaker)
    return word if change is None else pseudo.changed(word, change)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.voices", description="Make the archive of synthetic speech.")
    parser.add_argument("output", type=Path, help="the archive, a .tar")
    parser.add_argument("--kokoro", type=Path, default=Path("kokoro-js-1.2.1.tgz"), help="default: %(default)s")
    parser.add_argument("--spoken", type=Path, default=Path("build/spoken"), help="default: %(default)s")
    parser.add_argument("--share", type=float, default=1.0, help="of the clips, to try it out")
    parser.add_argument("--words-of", type=Path, help="an archive whose words are taken as they are: only noise is new")
    arguments = parser.parse_args()
    if arguments.words_of:
        words = words_of(arguments.words_of)
    else:
        words = words_spoken(arguments.kokoro, arguments.spoken, arguments.share)
    make(arguments.output, words)


if __name__ == "__main__":
    main()
