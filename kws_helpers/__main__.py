"""The student's commands: get recordings once, make clips of a new word, hand in, and let a spotter listen."""

import argparse
import contextlib
import csv
import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kws_helpers.desk.messages import print_what_can_be_printed

if TYPE_CHECKING:
    from kws_helpers.spotting import Spotter
    from kws_helpers.spotting.listen import Detection


def main() -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m kws_helpers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = commands.add_parser("data", help="download, read and cache recordings and their features")
    data.add_argument("source", nargs="?", help="'bundled', the name of a published archive (--list), or a folder or "
                                                "archive in the Speech Commands layout; "
                                                "default: the environment variable KWS_DATA, or 'bundled'")
    data.add_argument("--max-per-word", type=int, metavar="N", help="at most N clips of each word; default: all")
    data.add_argument("--list", action="store_true", help="show the published archives, and what is here of them")
    data.set_defaults(run=_data)
    hand_in = commands.add_parser("hand-in", help="pack the lessons into one file for the teacher")
    hand_in.add_argument("folder", nargs="?", type=Path, default=Path("notebooks"),
                         help="where the lessons are; default: notebooks")
    hand_in.add_argument("--output", type=Path, metavar="FILE.zip", help="default: hand-in.zip beside the lessons")
    hand_in.add_argument("--without-attempts", action="store_true",
                         help="leave out the log of your checks, which shows the teacher where a class gets stuck")
    hand_in.set_defaults(run=_hand_in)
    say = commands.add_parser("say", help="make clips of a word by synthetic voices (needs the extra `say`)")
    say.add_argument("word")
    say.add_argument("--folder", type=Path, default=Path("said"), help="gets a folder with the clips; default: said")
    say.add_argument("--count", type=int, default=200, metavar="N", help="clips, by as many voices; default: 200")
    say.set_defaults(run=_say)
    spot = commands.add_parser("spot", help="print the keywords in a recording, and when they were heard")
    spot.add_argument("file", type=Path, help="a recording of any length and sample rate: WAV, FLAC, Ogg or MP3")
    spot.add_argument("--csv", action="store_true", help="lines of time,word,probability below such a header")
    spot.set_defaults(run=_spot)
    listen = commands.add_parser("listen", help="the same with this machine's microphone (needs the extra `listen`)")
    listen.set_defaults(run=_listen)
    for command in (spot, listen):
        command.add_argument("--network", type=Path, metavar="FILE.keras",
                             help="what `spotting.save` wrote; default: the network in the box")
        command.add_argument("--threshold", type=_probability, metavar="P",
                             help="the probability from which a word counts, 0 to 1; default: the network's own")
    export = commands.add_parser("export", help="write a spotter for a browser, a microcontroller or a phone")
    export.add_argument("network", nargs="?", type=Path, metavar="FILE.keras",
                        help="what `spotting.save` wrote; default: the network in the box")
    export.add_argument("--to", required=True, choices=("page", "c", "tflite"),
                        help="one page that listens in any browser; C without libraries; TensorFlow Lite in 8 bits")
    export.add_argument("--output", type=Path, metavar="PATH",
                        help="a file, or a folder for C; default: beside the network, with another ending")
    export.set_defaults(run=_export)
    print_what_can_be_printed()
    arguments = parser.parse_args()
    warnings.formatwarning = lambda message, *_: f"{message}\n"  # nobody here wants to know where in the code
    try:
        arguments.run(parser, arguments)
    except BrokenPipeError:  # whoever read the lines, such as `head`, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        parser.exit(130)
    except (ValueError, OSError) as error:
        parser.exit(1, f"{error}\n")


def _data(_parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Show what a source holds, and leave everything in the cache that makes a first cell slow."""
    from kws_helpers import data, features
    from kws_helpers.data.download import ARCHIVES

    if arguments.list:
        print(f"{'published archive':<22}{'size':>10}{'here':>7}  place")
        for one in ARCHIVES.values():
            print(f"{one.name:<22}{one.size / 1e6:>7,.0f} MB{one.bytes_here / one.size:>7.0%}  {one.path}")
        return
    dataset = data.load(arguments.source, max_per_word=arguments.max_per_word)
    for split in (dataset.training, dataset.validation, dataset.testing):
        features.mfcc_of(split)
    features.mel_levels_of(dataset.training)  # for augmentation
    print(dataset)


def _hand_in(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Exit code 0: everything is packed and whole; 1: look at what was printed; 2: there is no such folder."""
    from kws_helpers.desk.hand_in import FILE, hand_in

    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is no folder. Name the one in which your lessons are.")
    output = arguments.output or arguments.folder / FILE
    if not hand_in(arguments.folder, output, not arguments.without_attempts):
        parser.exit(1)


def _say(_parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    from kws_helpers.say import write_clips

    files = write_clips(arguments.word, arguments.folder, arguments.count)
    print(f"{len(files)} clips in {files[0].parent}")


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no probability: it must be a number from 0 to 1")
    return value


def _spotter(parser: argparse.ArgumentParser, network: Path | None) -> "Spotter":
    from kws_helpers import spotting

    _demand_file(parser, network)
    return spotting.load(network)


def _demand_file(parser: argparse.ArgumentParser, path: Path | None) -> None:
    if path and not path.exists():
        parser.error(f"There is no file {path}.")
    if path and path.is_dir():
        parser.error(f"{path} is a folder. Name a file.")


def _spot(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Exit code 0: the recording was heard to its end; 1: it cannot be; 2: there is no such file."""
    from kws_helpers.spotting.listen import in_file

    _demand_file(parser, arguments.file)
    detections = in_file(_spotter(parser, arguments.network), arguments.file, arguments.threshold)
    if arguments.csv:
        lines = csv.writer(sys.stdout, lineterminator="\n")
        lines.writerow(["time", "word", "probability"])
        for time, word, probability in detections:
            lines.writerow([f"{time:.3f}", word, f"{probability:.3f}"])
            sys.stdout.flush()
    elif not _print_detections(detections):
        print("No keyword was detected.", file=sys.stderr)


def _listen(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    from kws_helpers.desk.text import listed
    from kws_helpers.spotting.listen import in_room

    spotter = _spotter(parser, arguments.network)
    print(f"Listening for {listed(spotter.keywords, len(spotter.keywords))}. Ctrl-C ends it.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        _print_detections(in_room(spotter, arguments.threshold))


def _print_detections(detections: Iterable["Detection"]) -> bool:
    """Print each detection as soon as it is there; tell whether there was one."""
    found = False
    for time, word, probability in detections:
        found = True
        print(f"{time:9.1f} s  {word:<12}{probability:5.2f}", flush=True)
    return found


def _export(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    from kws_helpers.spotting.export import write

    _demand_file(parser, arguments.network)
    output = write(arguments.network, arguments.to, arguments.output)
    size = sum(one.stat().st_size for one in ([output] if output.is_file() else output.iterdir()))
    print(f"{output}: {size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
