"""Helpers of the course *Hands-on Keyword Spotting*: data, features, training, plotting and checks.

What lessons import lies here; `desk` is what works beside them: handing in, advice, messages. Importing is quick:
TensorFlow, librosa and matplotlib are loaded by the modules that need them, when they need them.
"""

import os
import warnings

# TensorFlow and its C++ libraries write to the terminal while they start. A learner cannot act on any of it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same sums in the same order on every run

# librosa 1.0 calls its own functions with parameters that it has deprecated, and what Numba compiles for it leaves the
# processor's "invalid" flag set though all values are finite. Nobody in a lesson can act on that either.
warnings.filterwarnings("ignore", "The `(hop_length|n_fft)` parameter is deprecated as of 1.0", FutureWarning,
                        "librosa.effects")
warnings.filterwarnings("ignore", "invalid value encountered in cast", RuntimeWarning, "numba")

# One thread for each operation: those of small networks are quicker so, and the order of a sum, and with it what is
# learned, does not depend on the number of cores. A second thread takes what is independent, and makes the next batch.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

__version__ = "0.1.0"
