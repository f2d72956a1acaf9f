"""`python -m kws_helpers data [SOURCE]`: read the recordings once, keep them and their features in the cache."""

import argparse


def main() -> None:
    """Show what a source holds, and leave everything in the cache that makes a first cell slow."""
    parser = argparse.ArgumentParser(prog="python -m kws_helpers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    data = commands.add_parser("data", help="read and cache recordings and their features")
    data.add_argument("source", nargs="?", help="'bundled', or a folder or archive in the Speech Commands layout; "
                                                "default: the environment variable KWS_DATA, or 'bundled'")
    arguments = parser.parse_args()

    from kws_helpers import data as recordings
    from kws_helpers import features

    try:
        dataset = recordings.load(arguments.source)
    except (recordings.DataError, OSError) as error:
        parser.exit(1, f"{error}\n")
    features.prepare(dataset)
    print(dataset)


if __name__ == "__main__":
    main()
