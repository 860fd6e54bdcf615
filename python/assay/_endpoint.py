"""`OpenAICompatible`: a judge behind an endpoint."""

from __future__ import annotations

from .errors import InvalidArgument


class OpenAICompatible:
    """An LLM as judge, behind an OpenAI-compatible endpoint.

    Parameters
    ----------
    model : str
        As the endpoint calls it.
    base_url : str, optional
        Such as ``https://api.openai.com/v1``; by default what the environment has in OPENAI_BASE_URL.
    key_env : str, optional
        Name of the environment variable that holds the key, by default OPENAI_API_KEY. The key itself is never an
        argument, and never kept.
    prices : path, optional
        File with the model's prices, for `max_cost` (docs/reference/prices.md).
    headers : dict, optional
        Sent with each request.
    **options
        Of `Study.select` that begin with ``judge_``, or ``max_tokens``, ``template``, ``order``, ``repeats``, ...

    Examples
    --------
    >>> import assay
    >>> assay.OpenAICompatible("gpt-5", key_env="MY_KEY").model
    'gpt-5'
    """

    def __init__(self, model: str, base_url: str | None = None, *, key_env: str | None = None, prices=None,
                 headers: dict | None = None, **options):
        if not isinstance(model, str) or not model:
            raise InvalidArgument(f"model: expected a name, came {model!r}")
        self.model, self.base_url, self.key_env, self.prices = model, base_url, key_env, prices
        self.headers, self.options = dict(headers or {}), options

    def __repr__(self):
        where = f" at {self.base_url}" if self.base_url else ""
        return f"<assay.OpenAICompatible {self.model!r}{where}>"

    def arguments(self) -> dict:
        """As arguments of `Study.select`."""
        given = {"oracle": "llm", "judge_model": self.model, **self.options}
        if self.base_url:
            given["judge_url"] = self.base_url
        if self.key_env:
            given["judge_key_env"] = self.key_env
        if self.prices is not None:
            given["prices"] = self.prices
        if self.headers:
            given["judge_header"] = [f"{name}: {value}" for name, value in self.headers.items()]
        return given
