"""The command `assay` of the package: the program beside this file."""

import os
import sys

from . import _certificates


def main() -> None:
    _certificates.provide()
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "assay")
    os.execv(program, ["assay", *sys.argv[1:]])
