"""Pictures of reports by matplotlib."""

from __future__ import annotations

from . import reports
from ._report import nothing_to_draw
from .errors import AssayError, InvalidArgument

_ROWS = 40  # of an interval plot


def draw(report, ax=None):
    """Draws a report.

    Parameters
    ----------
    report : SelectReport, SimulateReport, AllocateReport, EnsembleReport or RouteEvaluateReport
    ax : matplotlib.axes.Axes, optional
        Where to; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    AssayError
        Where a report has nothing to draw, or matplotlib is missing.
    """
    drawer = next((one for kind, one in _DRAWERS.items() if isinstance(report, kind)), None)
    if drawer is None:
        raise nothing_to_draw(report)
    if ax is None:
        ax = _new_axes(len(report.models) if isinstance(report, reports.SelectReport) else
                       len(report.arms) if isinstance(report, reports.AllocateReport) else 0)
    elif not hasattr(ax, "barh"):
        raise InvalidArgument(f"ax: expected axes of matplotlib, came {ax!r}"[:300])
    drawer(report, ax)
    return ax


def _new_axes(rows: int):
    try:
        import matplotlib.pyplot as plt
    except ImportError as missing:
        raise AssayError("plots need matplotlib: pip install matplotlib, or assay-llm[plot]") from missing
    height = max(3.6, 1.2 + 0.24 * min(rows, _ROWS))
    return plt.subplots(figsize=(7.2, height), layout="constrained")[1]


def _intervals(ax, rows, colours, dropped: int) -> None:
    """A row for each (name, low, value, high); the first is at the top."""
    for at, ((_, low, value, high), colour) in enumerate(zip(rows, colours)):
        ax.plot([low, high], [at, at], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
        ax.plot([value], [at], "o", color=colour, markersize=5, zorder=3)
    ax.set_yticks(range(len(rows)), [name for name, *_ in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(axis="x", alpha=0.3)
    if dropped > 0:
        ax.annotate(f"and {dropped} more", (0, 0), xycoords="axes fraction", xytext=(4, 4), textcoords="offset points",
                    fontsize="small", color="0.4")


def _select(report, ax) -> None:
    models = report.models[:_ROWS]
    low, width = report.scale_low or 0.0, (report.scale_high or 1.0) - (report.scale_low or 0.0)
    if report.measure != "score":
        low, width = 0.0, 1.0
    rows, colours = [], []
    for model in models:
        if None in (model.win_rate, model.low, model.high):
            continue
        rows.append((model.name, *(low + width * value for value in (model.low, model.win_rate, model.high))))
        colours.append("C2" if model.name == report.best else "C0" if model.possible else "0.6")
    if not rows:
        raise nothing_to_draw(report)
    _intervals(ax, rows, colours, len(report.models) - len(models))
    decided = report.stop is not None and report.stop.decided
    for colour, label in (("C2", "best" if decided else "seems best"), ("C0", "may be the best"), ("0.6", "is not")):
        if colour in colours:
            ax.plot([], [], "o-", color=colour, label=label)
    if report.baseline:
        ax.axvline(low + width / 2, color="0.4", linestyle="--", linewidth=1, label=f"baseline {report.baseline}")
    ax.legend(fontsize="small")
    ax.set_xlabel(f"{_MEASURES.get(report.measure, report.measure)}, 95 % intervals")
    ax.set_title(f"{len(report.models)} models on {report.queries} queries, {report.calls} calls")


_MEASURES = {"win-rate": "win rate", "preference": "win rate", "score": "mean score", "accuracy": "accuracy"}


def _simulate(report, ax) -> None:
    for row in report.strategies:
        name = row.name + (", lazy" if row.lazy else "") + (f" with {row.assistant}" if row.assistant else "")
        at = range(1, len(row.identification) + 1)
        ax.plot(at, row.identification, label=name)
    ax.axhline(report.confidence, color="0.4", linestyle="--", linewidth=1)
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("query equivalents judged")
    ax.set_ylabel("probability that the returned model is the best")
    ax.set_title(f"{report.realizations} realizations of {report.pool} queries, {report.models} models")
    ax.grid(alpha=0.3)
    ax.legend(fontsize="small")


def _allocate(report, ax) -> None:
    arms = sorted((arm for arm in report.arms if arm.estimate is not None), key=lambda arm: -arm.estimate)
    if not arms:
        raise nothing_to_draw(report)
    shown = arms[:_ROWS]
    rows = [(f"{arm.model} on {arm.query}", arm.low, arm.estimate, arm.high) for arm in shown]
    _intervals(ax, rows, ["C0"] * len(rows), len(arms) - len(shown))
    ax.set_xlabel("score, 95 % intervals")
    ax.set_title(f"{len(report.arms)} responses, {report.calls} calls, {report.allocator}")


def _ensemble(report, ax) -> None:
    for method, decisions in report._data["heldout"].items():
        for decision, values in decisions.items():
            ours = (method, decision) == (report.method, report.decision)
            ax.plot(range(1, len(values) + 1), values, marker="o" if ours else "", markersize=4,
                    linewidth=2.2 if ours else 1, alpha=1 if ours else 0.6, label=f"{method}, {decision}",
                    zorder=3 if ours else 2)
    members = report.members or []
    if members and members[-1].heldout_interval is not None and None not in members[-1].heldout_interval:
        ax.fill_between(range(1, len(members) + 1), [one.heldout_interval[0] for one in members],
                        [one.heldout_interval[1] for one in members], alpha=0.15, color="0.4", label="95 %")
    ax.set_xlabel("members")
    ax.set_ylabel("accuracy on queries that were left out")
    ax.set_title(f"ensembles of {report.models} models, {report.queries} queries")
    ax.grid(alpha=0.3)
    ax.legend(fontsize="x-small")


def _route_evaluate(report, ax) -> None:
    rows = [row for row in report.scores if row.accuracy is not None]
    if not rows:
        raise nothing_to_draw(report)
    errors = [1.96 * row.accuracy_se if row.accuracy_se is not None else 0.0 for row in rows]
    colours = ["C2" if row.name == "assay" else "0.6" if row.name == "oracle" else "C0" for row in rows]
    ax.barh([row.name for row in rows], [row.accuracy for row in rows], xerr=errors, color=colours, ecolor="0.3",
            capsize=2)
    ax.invert_yaxis()
    least = min(row.accuracy - error for row, error in zip(rows, errors))
    ax.set_xlim(left=max(0.0, least - 0.05))
    ax.set_xlabel("accuracy of the chosen model, mean over tasks that were left out")
    ax.set_title(f"routing of {len(report.models)} models, {len(report.tasks)} tasks")
    ax.grid(axis="x", alpha=0.3)


_DRAWERS = {
    reports.SelectReport: _select, reports.SimulateReport: _simulate, reports.AllocateReport: _allocate,
    reports.EnsembleReport: _ensemble, reports.RouteEvaluateReport: _route_evaluate,
}
