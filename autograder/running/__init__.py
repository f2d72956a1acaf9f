"""Running. In comes a notebook that a stranger wrote; out comes the same notebook with its outputs. It is executed in a
kernel of its own, in a sandbox and within limits, on this machine or on a cluster.
"""
