"""An IPython extension for Colab: what JupyterLab's kernels of the course have from their settings."""

from typing import Any

from kws_helpers.desk import advice


def load_ipython_extension(shell: Any) -> None:
    """Let widgets of the course show themselves, and say what an unwritten exercise stops."""
    from google.colab import output

    output.enable_custom_widget_manager()
    advice.load_ipython_extension(shell)
