"""Where a network comes from: what was learned from recordings of people has to name them."""

from kws_helpers.spotting import file

ATTRIBUTION = ("The network, or a part of it, was trained on recordings of people: Speech Commands by Pete Warden and "
               "Google (arxiv.org/abs/1804.03209), licensed CC BY 4.0 (creativecommons.org/licenses/by/4.0).")


def learned_from_people(spotter: file.Spotter) -> bool:
    """Whether the network is the one in the box, or has weights of it, as the spotter of an own word does."""
    if not file.PRETRAINED.exists():
        return False
    box = {array.tobytes() for step in file.load().graph for array in step.weights.values() if array.any()}
    return any(array.tobytes() in box for step in spotter.graph for array in step.weights.values())
