"""Ray, where it is wanted."""

from __future__ import annotations

from ..errors import AssayError


def ray_module():
    """The package `ray`; not this one, which has the same name in another place."""
    try:
        import ray
    except ImportError as missing:
        raise AssayError("assay.ray needs Ray: pip install 'ray[data]', or assay-llm[ray]") from missing
    return ray


def ray_data():
    """The module `ray.data`."""
    ray_module()
    try:
        import ray.data
    except ImportError as missing:
        raise AssayError("datasets need Ray Data: pip install 'ray[data]', or assay-llm[ray]") from missing
    return ray.data
