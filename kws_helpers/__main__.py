"""`python -m kws_helpers data [SOURCE]`: get the recordings once, keep them and their features in the cache."""

import argparse


def main() -> None:
    """Show what a source holds, and leave everything in the cache that makes a first cell slow."""
    parser = argparse.ArgumentParser(prog="python -m kws_helpers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = commands.add_parser("data", help="download, read and cache recordings and their features")
    data.add_argument("source", nargs="?", help="'bundled', the name of a published archive (--list), or a folder or "
                                                "archive in the Speech Commands layout; "
                                                "default: the environment variable KWS_DATA, or 'bundled'")
    data.add_argument("--max-per-word", type=int, metavar="N", help="at most N clips of each word; default: all")
    data.add_argument("--list", action="store_true", help="show the published archives, and what is here of them")
    arguments = parser.parse_args()

    from kws_helpers import data as recordings

    if arguments.list:
        print(_published())
        return
    try:
        dataset = recordings.load(arguments.source, max_per_word=arguments.max_per_word)
    except (ValueError, OSError) as error:
        parser.exit(1, f"{error}\n")
    _compute_features(dataset)
    print(dataset)


def _compute_features(dataset) -> None:
    from kws_helpers import features

    for split in (dataset.training, dataset.validation, dataset.testing):
        features.mfcc_of(split)


def _published() -> str:
    from kws_helpers.data.download import ARCHIVES

    rows = [f"{archive.name:<22}{archive.size / 1e6:>7,.0f} MB{archive.bytes_here / archive.size:>7.0%}  {archive.path}"
            for archive in ARCHIVES.values()]
    return "\n".join([f"{'published archive':<22}{'size':>10}{'here':>7}  place", *rows])


if __name__ == "__main__":
    main()
