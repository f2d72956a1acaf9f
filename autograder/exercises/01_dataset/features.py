"""Made-up features for the cases of several exercises."""


def some_features(rng, *shape):
    """Return features (N, T, F) in which clips, frames and coefficients differ in their means."""
    spread = rng.uniform(0.5, 3.0, size=shape[-1])
    of_clip = rng.normal(size=(shape[0], 1, 1))
    of_frame = rng.normal(size=(1, shape[1], 1)) * 0.7
    return (rng.normal(size=shape) + of_clip + of_frame) * spread + rng.normal(size=shape[-1]) * 4
