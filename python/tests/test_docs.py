"""The code of the documents runs, in the order in which it stands there, and prints what its comments say."""

import pathlib
import re

import pytest

import local_endpoint

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAYS = re.compile(r"^\s*print\(.*\)  # (.*)$", re.MULTILINE)


@pytest.mark.parametrize("page", ["docs/how-to/python.md", "python/README.md"])
def test_blocks_of(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert blocks
    names = {"__name__": "__main__"}
    with local_endpoint.serving() as url:
        for block in blocks:
            line = text[:text.index(block)].count("\n")
            # Line numbers of errors are those of the page.
            exec(compile("\n" * line + block.replace("https://host/v1", url), page, "exec"), names)
            printed = iter(capsys.readouterr().out.splitlines())
            for said in SAYS.findall(block):
                assert said in printed, f"{page}: nothing printed {said!r} in the block from line {line}"
