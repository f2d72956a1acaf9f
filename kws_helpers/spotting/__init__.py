"""The finished spotter: saved whole, and listening without TensorFlow."""

from kws_helpers.spotting.file import PRETRAINED, Spotter, load, save

__all__ = ["PRETRAINED", "Spotter", "load", "save"]
