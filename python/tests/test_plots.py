"""Pictures of reports; the reports are the command's golden ones."""

import pathlib
import sys

import pytest

from assay import AssayError, reports

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "expected"


def report_of(kind, name):
    return getattr(reports, kind)((GOLDEN / f"{name}.json").read_text(), "")


@pytest.fixture
def ax():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    yield axes
    figure.canvas.draw()  # what can't be drawn fails here
    plt.close(figure)


def test_select_has_a_row_for_each_model(ax):
    report = report_of("SelectReport", "select_assay")
    assert report.plot(ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == [model.name for model in report.models]
    assert "%d calls" % report.calls in ax.get_title()


def test_select_without_stop(ax):
    report_of("SelectReport", "select_random").plot(ax)
    assert "seems best" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_simulate_has_a_line_for_each_strategy(ax):
    report = report_of("SimulateReport", "simulate")
    report.plot(ax)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [row.name for row in report.strategies]
    assert list(ax.lines[0].get_ydata()) == report.strategies[0].identification


def test_allocate_has_the_best_first(ax):
    report = report_of("AllocateReport", "allocate")
    report.plot(ax)
    best = max(report.arms, key=lambda arm: arm.estimate)
    assert ax.get_yticklabels()[0].get_text() == f"{best.model} on {best.query}"


def test_ensemble_has_accuracy_by_size(ax):
    report = report_of("EnsembleReport", "ensemble")
    report.plot(ax)
    assert f"{report.method}, {report.decision}" in [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("name", ["ensemble_budget", "ensemble_by_task"])
def test_ensembles_of_other_kinds(ax, name):
    report_of("EnsembleReport", name).plot(ax)


@pytest.mark.parametrize("name", ["route_evaluate", "route_evaluate_labelled"])
def test_route_evaluate_has_a_bar_for_each_rule(ax, name):
    report = report_of("RouteEvaluateReport", name)
    report.plot(ax)
    assert len(ax.patches) == sum(row.accuracy is not None for row in report.scores)


def test_new_axes_where_none_are_given():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    axes = report_of("SelectReport", "select_assay").plot()
    assert axes.figure is plt.gcf()
    plt.close(axes.figure)


def test_what_has_no_plot_says_so():
    with pytest.raises(AssayError, match="WeakJudgesReport has no plot"):
        report_of("WeakJudgesReport", "weak_judges").plot()


def test_no_axes():
    with pytest.raises(ValueError, match="ax: expected axes"):
        report_of("SelectReport", "select_assay").plot("here")


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(AssayError, match="pip install matplotlib"):
        report_of("SelectReport", "select_assay").plot()
