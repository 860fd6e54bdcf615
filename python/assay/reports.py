"""What verbs return. Members that a run does not have are None; money is in micro-dollars unless it says dollars."""

# Made by python/generate. Do not edit.

from __future__ import annotations

from ._report import Record, Report


class SelectParameters(Record):
    """See `SelectReport.parameters`."""

    e_loss: float
    "Of `llm-selector`."
    e_draw: float
    "Of `llm-selector`."
    temperature: float
    "Of `select-llm`."


class SelectAveraging(Record):
    """See `SelectReport.averaging`."""

    tasks: list
    "Queries of these alone; empty: all."
    weights: str
    "Name of the weights; empty: all weigh the same."
    average: str
    "`queries` or `tasks`: what counts the same."


class SelectStop(Record):
    """See `SelectReport.stop`."""

    rule: str
    "Always `guaranteed`: older versions had another one, too."
    epsilon: float
    "Tolerance in win rate."
    good_enough: float | None
    "With `--good-enough`, the tolerance; else null."
    confidence: float
    "Asked for."
    decided: bool
    "The confidence was reached."
    doubt: float
    "The risk: level at which it is excluded that `best` is more than epsilon below the best, whatever the rewards are."
    population: bool
    "Whether the promise is about all prompts like these (`--population`)."
    population_doubt: float
    "About the chance that `best` is more than epsilon below the best on other prompts like these: an estimate."
    calls_to_decide: int
    "Calls that will probably decide, beyond those made."
    possible: list[str]
    "Models that may still be the best."


class SelectBaselineSensitivityOrderHolds(Record):
    """See `SelectBaselineSensitivity.order_holds`."""

    same_baseline: float
    "With this baseline."
    other_baseline: float
    "With another one."
    low: float
    "Of the interval of `other_baseline`."
    high: float
    "Of the interval of `other_baseline`."


class SelectBaselineSensitivityBetterBaseline(Record):
    """See `SelectBaselineSensitivity.better_baseline`."""

    model: str
    "Its name."
    leaders_win_rate: float
    "Expected against it."
    gain: float
    "Its expected sensitivity as a multiple of the present one."


class SelectBaselineSensitivity(Record):
    """See `SelectReport.baseline_sensitivity`."""

    _classes = {"order_holds": SelectBaselineSensitivityOrderHolds, "better_baseline":
        SelectBaselineSensitivityBetterBaseline}
    leaders: list[str]
    "The best first: two to five models."
    leaders_win_rate: float
    "Their mean."
    sensitivity: float
    "Mean of 4 p (1 - p) of the leaders, p the win rate."
    first_two_queries: int
    "On which the first two leaders both have an outcome."
    first_two_discordance: float
    "Share of these on which their outcomes differ."
    queries_to_separate: float | None
    "Random queries until a gap as it looks is 1.96 standard errors; null without a gap."
    order_holds: SelectBaselineSensitivityOrderHolds
    "Probability that the first leader stays ahead on other queries; at most, see the method."
    better_baseline: SelectBaselineSensitivityBetterBaseline | None
    "The one that promises most; null if none is worth a change."


class SelectAssistant(Record):
    """See `SelectReport.assistant`."""

    judge: str
    "Its name."
    both: int
    "Calls to which it and the judge gave a reward."
    agreement: float
    "Share of these with the same outcome; null without any, and where outcomes differ in kind."
    correlation: None
    "Pearson's, of the rewards, where outcomes differ in kind; else null."
    low: float
    "95 % interval of either, as if the calls had been drawn at random; null without one."
    high: float
    "Likewise."
    winner: str
    "The best model by the assistant alone."


class SelectModel(Record):
    """See `SelectReport.models`."""

    name: str
    "Its name."
    probability: float
    "Of being the best, by the strategy's posterior; with tolerance: within epsilon of the best."
    win_rate: float
    "Of strategies that stop by themselves: expected over all queries; else on what was judged."
    low: float
    "Of the 95 % interval of the win rate."
    high: float
    "Of the 95 % interval of the win rate."
    wins: int
    "Among its calls."
    draws: int
    "Among its calls."
    losses: int
    "Among its calls."
    no_verdict: int
    "Calls that failed, or asked for what is missing."
    possible: bool
    "May still be the best."
    missing: int
    "Queries of which there is no recorded judgement to ask for; each counts 1/2."
    price: float | None
    "Dollars or seconds an answered prompt, or weights, as `prefer` says; null without prices."
    pareto: bool
    "It has a price, and no model that is cheaper, or as cheap, seems better."


class SelectAnsweringModel(Record):
    """See `SelectAnswering.models`."""

    name: str
    "In the study."
    answers_before: int
    "Answers that the study had before the run."
    answers_made: int
    "In this run."
    failed: int
    "Prompts to which it gave no answer."
    truncated: int
    "Of the answers made, those that ended at the limit of tokens."
    tokens_in: int
    "Of this run, as billed."
    tokens_out: int
    "Likewise."
    cost: int
    "Micro-dollars of this run, at most; null without a price."
    cost_possibly_more: int
    "Micro-dollars, at most: of requests that got no reply."
    judging_cost: None
    "Micro-dollars, at most: of judging its answers in this run, a pair's with those of the model that is compared with the baseline; null where nobody is paid for judging, no price is known, or the judge is asked by batches."
    mean_cost: float
    "Dollars of one answer, of all that the study has; null: not known."
    mean_seconds: float
    "Of one answer, likewise."
    cost_per_month: float
    "Dollars for `--per-month` prompts; only with it."
    gone: str
    "Why it left the race; empty: it did not."


class SelectAnswering(Record):
    """See `SelectReport.answering`."""

    _classes = {"models": SelectAnsweringModel}
    prompts: int
    "Of the study."
    cost: int
    "Micro-dollars, of the answers of this run, as far as prices are known."
    cost_of_everything: float
    "Dollars that making and judging every answer would cost, by the means so far; null where something is not known."
    models: list[SelectAnsweringModel]
    "In the order of the file."


class SelectJudgeCalls(Record):
    """See `SelectReport.judge_calls`."""

    url: str
    "Of the endpoint."
    model: str
    "As the endpoint calls it."
    requests: int
    "Sent, tries included."
    requests_failed: dict
    "Of these, by failure."
    from_study: int
    "Questions that the study answered."
    unanswered: dict
    "Questions that stayed without an answer, by failure."
    most_at_once: int
    "Requests under way."
    tokens_in: int
    "Of the prompts, as billed."
    tokens_out: int
    "Of the replies, as billed."
    cost: int
    "Of the replies of this run, micro-dollars, at most; null without a price."
    cost_possibly_more: int
    "At most: of requests that got no reply, or an error, and may have been billed all the same; micro-dollars, null without a price."
    spent: int
    "By all runs of the study, micro-dollars, at most."
    spent_killed_at_most: int
    "Of `spent`: calls that were under way when runs were killed and may have been billed."
    max_cost: int
    "`--max-cost`, given or remembered, in micro-dollars; null without."
    order: str
    "`both`, `random` or `fixed`."
    repeats: int
    "As given."
    pairs_in_both_orders: int
    "Pairs of which both orders were read."
    flips: int
    "Of these, contradictions."
    half_flips: int
    "Of these, a tie in one order only."
    flip_rate: float
    "Flips / pairs_in_both_orders; null without any."
    for_first: int
    "Single verdicts for the response that stood first."
    for_second: int
    "Single verdicts for the second."
    ties: int
    "Single verdicts."
    no_response: int
    "Calls that were not asked, as a response is missing."


class SelectTrace(Record):
    """See `SelectReport.trace`."""

    calls: int
    "Answered so far."
    best: str
    "Model that would be returned now."
    probability: float
    "Of its being the best, by the strategy's posterior; with tolerance: within epsilon of the best."


class SelectReport(Report):
    """What ``select`` returns."""

    _classes = {"parameters": SelectParameters, "averaging": SelectAveraging, "stop": SelectStop,
        "baseline_sensitivity": SelectBaselineSensitivity, "assistant": SelectAssistant, "models": SelectModel,
        "answering": SelectAnswering, "judge_calls": SelectJudgeCalls, "trace": SelectTrace}
    study: str
    "The study file."
    judge: str
    "Whose verdicts."
    baseline: str
    "The model that the others are compared with."
    oracle: str
    "Who was asked: `recorded`, `llm`, `command:...`, `person...`, or nobody: `kept`."
    strategy: str
    "Which chose the calls."
    returns: str
    "By what the best model was returned: `estimate`, `posterior`, `win-rate`."
    parameters: SelectParameters
    "Of the strategy; empty where it has none."
    seed: int
    "As given."
    queries: int
    "Of the study that are compared."
    queries_judged: int
    "With at least one call."
    calls: int
    "Judged (query, model) pairs, failed ones too."
    calls_new: int
    "Of these, asked by this run."
    calls_failed: int
    "Without a verdict, though the judge was asked."
    known: int
    "Verdicts that counted before the first call, beside `calls`; of strategies that use them."
    calls_all: int
    "What judging everything takes."
    saved: float
    "1 - calls / calls_all."
    best: str
    "The model that is returned."
    keep_baseline: bool
    "Whether the baseline is the answer: no candidate beats it, or none seems to."
    prefer: str | None
    "With prices, what they are: `price`, `latency` or `size`; else null."
    measure: str
    "What a reward is: `win-rate`, `preference`, `score` or `accuracy`."
    averaging: SelectAveraging
    "What the mean rewards are means of."
    scale_low: float
    "Lowest score of the scale; `win_rate`, `low` and `high` of models are shares of the scale."
    scale_high: float
    "Highest."
    lower_is_better: bool
    "Of scores."
    random_queries: bool
    "The queries were judged in random order, so that win rates on them are unbiased."
    stop: SelectStop | None
    "How sure it is; null for strategies that do not stop by themselves."
    baseline_sensitivity: SelectBaselineSensitivity | None
    "How much hangs on the baseline, see [method/baseline](../method/baseline.md); null if too little was judged."
    assistant: SelectAssistant | None
    "What `--assistant-judge` was worth; null without."
    models: list[SelectModel]
    "The returned one first, then by falling win rate."
    answering: SelectAnswering | None
    "What candidates that answer when they are asked were asked; null without."
    judge_calls: SelectJudgeCalls | None
    "What was asked of an LLM; null with another oracle."
    money_ended: bool
    "`--max-cost` ended the run."
    trouble: None
    "What ended the run at the judge's endpoint, with exit status 1; null: nothing did."
    trace: list[SelectTrace]
    "The returned model along the run."
    notes: list[str]
    "What to bear in mind, in words."


class AllocateWorstError(Record):
    """See `AllocateReport.worst_error`."""

    bound: float
    "No estimate is further off, with 95 %, however scores are distributed on the scale."
    likely: float
    "Median of the largest error, by the estimated variances."
    true: float | None
    "What it is, of recorded scores; null for a live judge."


class AllocateArm(Record):
    """See `AllocateReport.arms`."""

    query: str
    "Its query."
    model: str
    "Its model."
    turn: int
    "From 1."
    calls: int
    "Made."
    failed: int
    "Of these, without a score."
    mean: float
    "Of its scores; null without one."
    estimate: float
    "By the rule `estimate`; null without a score."
    low: float
    "Of the 95 % interval of the true mean."
    high: float
    "Of the 95 % interval of the true mean."


class AllocateReport(Report):
    """What ``allocate`` returns."""

    _classes = {"worst_error": AllocateWorstError, "arms": AllocateArm}
    study: str
    "The study file."
    judge: str
    "Whose scores."
    oracle: str
    "Who was asked: `recorded`, `llm`, `command:...`, `person...`, or nobody: `kept`."
    allocator: str
    "Which chose the calls."
    estimate: str
    "`mean` or `centre`."
    seed: int
    "As given."
    scale: list[float]
    "Lowest and highest score."
    scale_declared: bool
    "By `--scale`; else it is that of the recorded scores."
    budget: int
    "Calls, as given."
    calls: int
    "Made, kept ones included."
    calls_new: int
    "Of these, asked by this run."
    calls_failed: int
    "Without a score."
    unscored: int
    "Responses that got no score; the worst error is that of the others."
    worst_error: AllocateWorstError
    "Of all estimates."
    uniform_calls: float
    "That equal shares would need for the same likely worst error."
    judge_calls: dict | None
    "As of `select`, without `order` and what follows it; null with another oracle."
    money_ended: bool
    "`--max-cost` ended the run."
    trouble: None
    "What ended the run at the judge's endpoint, with exit status 1; null: nothing did."
    arms: list[AllocateArm]
    "One for each response."
    notes: list
    "What to bear in mind, in words."
    delta: float
    "Of `robin-hood`."


class EnsembleMember(Record):
    """See `EnsembleReport.members`."""

    name: str
    "Its name."
    accuracy: float
    "Its own, on all queries."
    information: float
    "Of the ensemble up to it, nats; null where it is not known to within 5 %."
    heldout_accuracy: float
    "Of the ensemble up to it."
    cost: float
    "Dollars per million tokens; null if unknown."
    information_interval: list[float]
    "95 %; always there."
    information_gained: float
    "By it, nats."
    information_gained_se: float
    "Standard error."
    heldout_interval: list[float]
    "95 %."
    accuracy_gained: float
    "By it."
    accuracy_gained_se: float
    "Standard error."


class EnsembleSequential(Record):
    """See `EnsembleReport.sequential`."""

    sure: float
    "That chance; 1: only where the others can't change the answer."
    asked: float
    "Members, mean."
    share: float
    "Of all calls."
    accuracy: float
    "Of its answers."
    lost: float
    "Accuracy less than that of all members."
    lost_se: float
    "Standard error, over questions."
    lost_spread: float
    "Standard deviation over the splits."
    stays: float
    "Share of the questions where all members answer the same."
    stated: float
    "Mean chance of that, as stated."


class EnsembleCopula(Record):
    """See `EnsembleReport.copula`."""

    bounds: str
    "What the floor bounds, in words."
    majority_error: list[float]
    "Share of the queries where no strict majority of the first 1, 2, ... members is right."
    majority_error_copula: list[float]
    "The same by the copula."
    majority_error_independent: list[float]
    "The same if errors were independent."
    explained: float
    "Share of the difference to independence that the copula explains; null where there is none to speak of."
    repaired: float
    "Largest change that made the correlations valid; 0: none was needed."
    error_correlations: list
    "Tetrachoric, members by members."


class EnsembleCalibration(Record):
    """See `EnsembleReport.calibration`."""

    stated: float
    "Mean probability."
    right: float
    "Share that was right."
    answers: int
    "How many."


class EnsembleTask(Record):
    """See `EnsembleReport.tasks`."""

    name: str
    "Its name."
    queries: int
    "Of it."
    members: list[str]
    "Its ensemble."


class EnsembleReport(Report):
    """What ``ensemble`` returns."""

    _classes = {"members": EnsembleMember, "sequential": EnsembleSequential, "copula": EnsembleCopula, "calibration":
        EnsembleCalibration, "tasks": EnsembleTask}
    study: str
    "The study file."
    models: int
    "How many to choose from."
    queries: int
    "Labelled ones."
    labels: int
    "Classes, or options at most."
    kind: str
    "`classes` or `options`."
    method: str
    "How members were chosen."
    size: int
    "Members."
    budget: float | None
    "Dollars per million tokens; null without."
    members: list[EnsembleMember]
    "In the order in which to take them."
    cost: float
    "Of all members; null if a price is unknown."
    decision: str
    "How votes become an answer."
    decision_chosen: bool
    "By cross-validation."
    by_task: bool
    "An ensemble for each task."
    splits: int
    "As given."
    seed: int
    "As given."
    trained: float
    "Mean number of queries that a split learnt from."
    tested: float
    "Mean number of queries that a split answered."
    heldout: dict
    "Accuracy by method."
    heldout_se: dict
    "Standard error of the difference to the chosen method and decision; of these themselves, to `top-accuracy` by `majority`."
    sure: float
    "As given, or usual: chance that the answer stays at which no more members are asked."
    sequential: list[EnsembleSequential]
    "Members asked one after the other, by the chance at which that stops; held out."
    floor: float
    "Error of a strict majority of ever more models like the members."
    copula: EnsembleCopula
    "A Gaussian copula of the members' errors."
    ties: float
    "Share of the questions where a tie was broken."
    unanswered: float
    "Share of the questions that no member answered."
    calibration: list[EnsembleCalibration]
    "By tenths of the stated probability, empty ones left out."
    notes: list
    "What to bear in mind, in words."
    tasks: list[EnsembleTask]
    "With `--by-task`."


class EnsembleFitEnsembleMember(Record):
    """See `EnsembleFitEnsemble.members`."""

    name: str
    "Its name."
    accuracy: float
    "Its own, on these queries."
    cost: float
    "Dollars per million tokens; null if unknown."


class EnsembleFitEnsemble(Record):
    """See `EnsembleFitReport.ensembles`."""

    _classes = {"members": EnsembleFitEnsembleMember}
    task: str
    "Its name; empty for all queries."
    queries: int
    "That it was learnt from."
    members: list[EnsembleFitEnsembleMember]
    "In the order in which they are asked."


class EnsembleFitReport(Report):
    """What ``ensemble fit`` returns."""

    _classes = {"ensembles": EnsembleFitEnsemble}
    study: str
    "The study file."
    ensemble: str
    "The ensemble file."
    bytes: int
    "Of the file."
    kind: str
    "`classes` or `options`."
    labels: list[str]
    "Their names."
    method: str
    "How members were chosen."
    decision: str
    "How votes become an answer."
    decision_chosen: bool
    "By cross-validation."
    sure: float
    "As given, or usual: chance that the answer stays at which no more members are asked."
    ensembles: list[EnsembleFitEnsemble]
    "One, or with `--by-task` one for each task."
    notes: list
    "What to bear in mind, in words."


class SimulateAveraging(Record):
    """See `SimulateReport.averaging`."""

    tasks: list
    "Queries of these alone; empty: all."
    weights: str
    "Name of the weights; empty: all weigh the same."
    average: str
    "`queries` or `tasks`: what counts the same."


class SimulateAssistant(Record):
    """See `SimulateReport.assistant`."""

    judge: str
    "Its name."
    both: int
    "Calls to which it and the judge gave a reward."
    agreement: float
    "Share of these with the same outcome; null without any, and where outcomes differ in kind."
    correlation: None
    "Pearson's, of the rewards, where outcomes differ in kind; else null."
    low: float
    "95 % interval of either, as if the calls had been drawn at random; null without one."
    high: float
    "Likewise."
    winner: str
    "The best model by the assistant alone."


class SimulateStrategyStopDollars(Record):
    """See `SimulateStrategyStop.dollars`."""

    mean: float
    "Generating and judging until the stop; without `lazy` generating all answers."
    p95: float
    "95th percentile."
    judging: float
    "Of the mean."
    all: float
    "Mean of generating and judging everything in a pool."
    all_generating: float
    "Of that."
    share: float
    "Mean share of everything in the pool."
    share_p95: float
    "95th percentile."


class SimulateStrategyStop(Record):
    """See `SimulateStrategy.stop`."""

    _classes = {"dollars": SimulateStrategyStopDollars}
    rule: str
    "Always `guaranteed`: older versions had another one, too."
    confidence: float
    "Asked for."
    epsilon: float
    "Tolerance."
    calls_mean: float
    "Calls at the stop; a run that did not stop counts all its calls."
    calls_p95: float
    "95th percentile."
    wrong: float
    "Share that stopped at a model more than epsilon below the best."
    undecided: float
    "Share that did not stop within the budget."
    dollars: SimulateStrategyStopDollars | None
    "What runs cost; null without `--judge-price`."


class SimulateStrategy(Record):
    """See `SimulateReport.strategies`."""

    _classes = {"stop": SimulateStrategyStop}
    name: str
    "Its name."
    returns: str
    "By what the model is returned."
    lazy: bool
    "Answers were generated when they were to be judged, so that nothing was known of them before."
    assistant: str | None
    "The assistant judge that it looked at; null where it looked at none."
    parameters: dict
    "As used."
    identification: list[float]
    "Entry b: share of the realizations that return the best model after b query equivalents."
    gap95: list[float]
    "Entry b: 95th percentile of the win-rate gap to the best."
    gap_mean: list[float]
    "Entry b: mean gap."
    labels_to_reach: dict
    "By tolerance d: `0`, `0.01`, `0.025`, `0.05`."
    efficiency: dict
    "By tolerance."
    stop: list[SimulateStrategyStop]
    "Of strategies that stop by themselves."


class SimulateReport(Report):
    """What ``simulate`` returns."""

    _classes = {"averaging": SimulateAveraging, "assistant": SimulateAssistant, "strategies": SimulateStrategy}
    study: str
    "The study file."
    judge: str
    "Whose verdicts."
    baseline: str
    "The model that the others are compared with."
    measure: str
    "What a reward is: `win-rate`, `preference`, `score` or `accuracy`."
    averaging: SimulateAveraging
    "What the mean rewards are means of."
    queries: int
    "Of the study."
    models: int
    "How many candidates."
    realizations: int
    "As given."
    pool: int
    "Queries of a pool."
    budget: int
    "Query equivalents."
    seed: int
    "As given."
    confidence: float
    "Share of the realizations for `labels_to_reach`."
    epsilon: float
    "Tolerance that strategies which stop by themselves are given."
    batch: int
    "Calls answered at a time; 0: m for strategies of whole queries, else 1."
    good_enough: float | None
    "With `--good-enough`, the tolerance; else null."
    prefer: str | None
    "Then what the least is of: `price`, `latency` or `size`; else null."
    seconds: float
    "That it took; null with `--no-timing`."
    assistant: SimulateAssistant | None
    "What `--assistant-judge` was worth; null without."
    strategies: list[SimulateStrategy]
    "In the order of the table."
    notes: list
    "What to bear in mind, in words."


class SimulateAllocatorsAllocator(Record):
    """See `SimulateAllocatorsReport.allocators`."""

    name: str
    "Its name."
    estimate: str
    "`mean` or `centre`."
    budgets: list[int]
    "Calls at which errors are given."
    wce: list[float]
    "Worst error at each, mean over the runs."
    wce_se: list[float]
    "Standard error."
    mae: list[float]
    "Mean error at each."
    mae_se: list[float]
    "Standard error."
    wce_less_uniform: list[float]
    "Own worst error less that of `uniform`, same draws."
    wce_less_uniform_se: list[float]
    "Standard error."
    calls_to_match_uniform: float
    "Share of the budget from which on the worst error stays at or below that of `uniform` at the end; null if never."
    delta: float
    "Of `robin-hood`."
    pearson: list[float]
    "Agreement of the estimates with the reference, at each budget."
    spearman: list[float]
    "Likewise."
    kendall: list[float]
    "Likewise."


class SimulateAllocatorsReport(Report):
    """What ``simulate --allocators`` returns."""

    _classes = {"allocators": SimulateAllocatorsAllocator}
    study: str
    "The study file."
    runs: int
    "As given."
    seed: int
    "As given."
    seconds: float
    "That it took; null with `--no-timing`."
    judge: str
    "Whose scores; with `--each-judge` the mean over them."
    reference: str | None
    "Judge whose mean scores are the yardstick; null without."
    arms: int
    "Responses."
    budget: int
    "Calls."
    lower_limit: list[float]
    "At each budget, sqrt(sum of variances / calls): no allocation has a smaller worst standard deviation."
    allocators: list[SimulateAllocatorsAllocator]
    "In the order of the table."
    notes: list
    "What to bear in mind, in words."
    settings: list
    "With `--each-judge`: for each, `judge`, `reference`, `arms`, `budget`, `lower_limit` and `allocators` as above."


class WeakJudgesJudge(Record):
    """See `WeakJudgesReport.judges`."""

    order: int
    "K of the k-grams."
    wins: float
    "Share of the pairs with a verdict."
    draws: float
    "Share of the pairs with a verdict."
    losses: float
    "Share of the pairs with a verdict."
    no_verdict: int
    "Pairs without one."
    agreement: float
    "Of the pairs that it and the recorded judge both decided, the share decided alike; 0.5 is chance; null without any."


class WeakJudgesReport(Report):
    """What ``weak-judges`` returns."""

    _classes = {"judges": WeakJudgesJudge}
    study: str
    "The study file."
    options: str
    "How they were made, in one line."
    kept: bool
    "They were in the study already."
    queries: int
    "How many."
    models: int
    "How many candidates."
    judges: list[WeakJudgesJudge]
    "One for each order."
    notes: list
    "What to bear in mind, in words."


class InfoImported(Record):
    """See `InfoReport.imported`."""

    reason: str
    "Why."
    rows: int
    "How many."
    first: str
    "Where the first of them stands, path:line."


class InfoJudgeLacking(Record):
    """See `InfoJudge.lacking`."""

    model: str
    "Its name."
    queries: int
    "Without a score."


class InfoJudge(Record):
    """See `InfoReport.judges`."""

    _classes = {"lacking": InfoJudgeLacking}
    name: str
    "Its name."
    models: int
    "That it judged."
    queries: int
    "On which it judged."
    verdicts: int
    "That it gave."
    no_verdicts: int
    "Calls that failed."
    scores: int
    "That it gave."
    no_scores: int
    "Calls that failed."
    lower_is_better: None
    "Of its scores, as imports told; null: not known."
    least: None
    "The lowest score that there can be; null: not known."
    most: None
    "The highest; null: not known."
    lacking: list[InfoJudgeLacking]
    "Models that it has not scored on all of its queries, those that lack most first."


class InfoComparisonBest(Record):
    """See `InfoComparison.best`."""

    model: str
    "Its name."
    win_rate: float
    "Over all queries."


class InfoComparisonWorst(Record):
    """See `InfoComparison.worst`."""

    model: str
    "Its name."
    win_rate: float
    "Over all queries."


class InfoComparison(Record):
    """See `InfoReport.comparisons`."""

    _classes = {"best": InfoComparisonBest, "worst": InfoComparisonWorst}
    judge: str
    "By whom."
    baseline: str
    "With which model."
    measure: str
    "What a reward is: `win-rate`, `preference`, `score` or `accuracy`; rates are shares of its scale."
    queries: int
    "How many."
    models: int
    "How many."
    unknown_outcomes: int
    "Of queries x models."
    best: InfoComparisonBest
    "Highest recorded win rate."
    worst: InfoComparisonWorst
    "Lowest."
    baseline_sensitivity: dict | None
    "As of `select`, of all that is recorded."
    notes: list[str]
    "What to bear in mind, in words."
    problem: str
    "Why nothing can be compared as it is; then nothing else stands here."


class InfoEveryPairBaseline(Record):
    """See `InfoEveryPair.baselines`."""

    model: str
    "Its name."
    best: str
    "Highest win rate against it."
    leaders_win_rate: float
    "Mean of the other leaders against it."
    sensitivity: float
    "Mean of 4 p (1 - p) of these."
    agreement: float
    "Kendall's tau-b with the order of mean win rates against all."
    mutual_agreement: float
    "Mean tau-b with the orders of the other baselines."


class InfoEveryPairOrderKept(Record):
    """See `InfoEveryPair.order_kept`."""

    standard_errors_from: float
    "At least."
    standard_errors_to: float | None
    "Below; null: no limit."
    pairs: int
    "Pairs times baselines."
    other_baselines_agree: float
    "Share of the other baselines that order the pair alike, ties half."
    direct_comparison_agrees: float
    "Share in which the two, compared with each other, come out alike, ties half."


class InfoEveryPair(Record):
    """See `InfoReport.every_pair`."""

    _classes = {"baselines": InfoEveryPairBaseline, "order_kept": InfoEveryPairOrderKept}
    judge: str
    "Its name."
    triples: int
    "Of models."
    circular_triples: int
    "Of these: a beats b beats c beats a."
    baselines: list[InfoEveryPairBaseline]
    "Each model as the baseline of all others."
    order_kept: list[InfoEveryPairOrderKept]
    "Pairs of models that one baseline sets so many standard errors apart."


class InfoPaidJudge(Record):
    """See `InfoReport.paid_judges`."""

    url: str
    "Of the endpoint."
    model: str
    "As the endpoint calls it."
    requests: int
    "Sent."
    failed: dict
    "Of these, by failure."
    tokens_in: int
    "As billed."
    tokens_out: int
    "As billed."
    cost: int
    "Micro-dollars."
    cost_possibly_more: int
    "Micro-dollars, of calls of which it is not known what they cost."
    requests_without_price: int
    "Whose price is not known."


class InfoOracle(Record):
    """See `InfoReport.oracles`."""

    name: str
    "In words."
    key: str
    "Under which the answers are kept."
    gives: str
    "`verdicts` or `scores`."
    answers: int
    "How many the study has, those concluded from the replies of an LLM included."
    failed: int
    "Whose last call failed, and that have no answer since."


class InfoReport(Report):
    """What ``info`` returns."""

    _classes = {"imported": InfoImported, "judges": InfoJudge, "comparisons": InfoComparison, "every_pair":
        InfoEveryPair, "paid_judges": InfoPaidJudge, "oracles": InfoOracle}
    study: str
    "The study file."
    bytes: int
    "Of the file."
    schema: int
    "Version of its tables."
    queries: int
    "All of them."
    models: int
    "All of them, baselines too."
    responses: int
    "All of them."
    labels: int
    "Predicted and true labels."
    text_bytes: int
    "Of all texts."
    model_names: list[str]
    "All, sorted."
    weights: list
    "Names of what queries count."
    imported: list[InfoImported]
    "What all imports left out or read in some way, by reason."
    warnings: list
    "What would mislead whoever uses the study, e.g. predictions that fit no true label."
    tasks: list[str]
    "Their names."
    baselines: list[str]
    "That verdicts were given against."
    judges: list[InfoJudge]
    "Who gave verdicts or scores."
    answering: list
    "What making the responses took, by model: `provider`, `responses`, and as far as imports told `tokens_in`, `tokens_out`, `cost` (micro-dollars), `seconds`; `with_tokens`, `with_cost`, `with_seconds`: of how many."
    comparisons: list[InfoComparison]
    "What `select` could compare."
    every_pair: list[InfoEveryPair]
    "Judges that can compare every pair of models, see [method/baseline](../method/baseline.md)."
    paid_judges: list[InfoPaidJudge]
    "Endpoints that were asked."
    paid_lost: int
    "Micro-dollars at most, of what was under way when runs were killed."
    never_answered: list
    "Live judges that were asked and whose every call failed."
    oracles: list[InfoOracle]
    "Live judges that answered."
    derived: list[str]
    "Keys of computations that the study keeps."


class RemoveNow(Record):
    """See `RemoveReport.now`."""

    queries: int
    "All."
    models: int
    "All."
    responses: int
    "All."


class RemoveReport(Report):
    """What ``remove`` returns."""

    _classes = {"now": RemoveNow}
    study: str
    "The study file."
    models: list[str]
    "What was asked to be removed."
    judges: list
    "What was asked to be removed."
    responses: int
    "Removed."
    verdicts: int
    "Removed."
    scores: int
    "Removed."
    labels: int
    "Removed."
    kept_answers: int
    "Of live judges, removed."
    verdicts_against: int
    "Of `verdicts`, those of other models against a removed one."
    baselines: list
    "Removed models that others were compared with."
    judges_left_without: list
    "Judges that had said nothing else, and went, too."
    now: RemoveNow
    "What the study holds after it."


class ExportLeftOut(Record):
    """See `ExportReport.left_out`."""

    what: str
    "Kind of record."
    records: int
    "How many."


class ExportReport(Report):
    """What ``export`` returns."""

    _classes = {"left_out": ExportLeftOut}
    study: str
    "As given."
    format: str
    "As given, or as the file's ending tells."
    output: str
    "The file or folder written."
    queries: int
    "Written."
    responses: int
    "Written."
    labels: int
    "Predicted and true ones, written."
    verdicts: int
    "Written, those of live judges among them."
    scores: int
    "Written, likewise."
    live: int
    "Of these, judgements of programs, LLMs and people."
    left_out: list[ExportLeftOut]
    "That the format has no place for."


class ImportDropped(Record):
    """See `ImportReport.dropped`."""

    reason: str
    "Why."
    rows: int
    "How many."
    first: str
    "Where the first of them stands, path:line."


class ImportNoted(Record):
    """See `ImportReport.noted`."""

    reason: str
    "What."
    rows: int
    "How many."
    first: str
    "Where the first of them stands, path:line."


class ImportNow(Record):
    """See `ImportReport.now`."""

    queries: int
    "All of them."
    models: int
    "All of them, baselines too."
    responses: int
    "All of them."
    labels: int
    "All of them."
    text_bytes: int
    "Of all texts."


class ImportReport(Report):
    """What ``import`` returns."""

    _classes = {"dropped": ImportDropped, "noted": ImportNoted, "now": ImportNow}
    study: str
    "The study file."
    format: str
    "As given, or as recognised."
    recognised_by: str
    "Why the format was taken; empty where it was given."
    queries: int
    "New ones."
    responses: int
    "New ones."
    verdicts: int
    "New ones."
    no_verdict: int
    "Of these, calls that gave none."
    scores: int
    "New ones."
    no_score: int
    "Of these, calls that gave none."
    labels: int
    "Predicted and true labels."
    facts: int
    "New sizes and prices of models."
    weights: int
    "New weights of queries."
    repeated: int
    "Records that were there already, the same, or in a new study came twice in the files."
    models: list[str]
    "Of the files, in the order in which they came."
    dropped: list[ImportDropped]
    "What was left out, by reason."
    noted: list[ImportNoted]
    "What people should know of rows that were read, by reason."
    warnings: list
    "What would mislead whoever uses the study, e.g. predictions that fit no true label."
    now: ImportNow
    "What the study holds after the import."


class RouteFitModel(Record):
    """See `RouteFitReport.models`."""

    name: str
    "Its name."
    accuracy: float
    "Over all queries."
    known: int
    "Queries of which it is known whether it is right."
    cost: float
    "Dollars per million tokens; null if unknown."


class RouteFitTasksBelief(Record):
    """See `RouteFitReport.tasks_belief`."""

    weights: list[float]
    "Of the average over tasks, the neighbours and the ridge."
    common_weight: float
    "Of what is predicted for all models together, w0."
    skill: float
    "Standard errors by which left-out tasks and their single queries together were predicted better than by the averages over tasks."


class RouteFitQueriesBelief(Record):
    """See `RouteFitReport.queries_belief`."""

    weights: list[float]
    "As above."
    common_weight: float
    "As above."
    skill: float
    "Standard errors by which left-out queries were predicted better than by the accuracies."


class RouteFitGuard(Record):
    """See `RouteFitReport.guard`."""

    risk: float
    "Points of accuracy that routing may lose against the best single model."
    delta: float
    "Chance that it loses more all the same."
    cost_weight: float
    "That it was made for."
    routes: bool
    "False: it could not be shown, or is void, and every query goes to the best single model."
    void: bool
    "It was shown of the router before an update, and routes nothing."
    margin: float
    "By how much a choice must be worth more than the best single model."
    queries: float
    "Held out for it."
    routed: float
    "Share of them above the margin."
    gain: float
    "Points of accuracy that routing changes on all of them."
    least_gain: float
    "Its lower bound, with probability 1 - delta."
    fewest_held_out: int
    "Queries that a guard of this risk needs."


class RouteFitReport(Report):
    """What ``route fit`` returns."""

    _classes = {"models": RouteFitModel, "tasks_belief": RouteFitTasksBelief, "queries_belief": RouteFitQueriesBelief,
        "guard": RouteFitGuard}
    study: str
    "The study file."
    router: str
    "The router file."
    bytes: int
    "Of the file."
    embedding: str
    "Id of the embedding."
    index: str
    "How neighbours are found: `plain`, `codes` or `graph`."
    candidates: str
    "Digest of the names of the models."
    queries: int
    "Learnt from."
    tasks: list[str]
    "Their names."
    models: list[RouteFitModel]
    "In the order of the file."
    tasks_belief: RouteFitTasksBelief
    "Stacking weights for a new task."
    queries_belief: RouteFitQueriesBelief
    "The same for single queries."
    query_neighbours: int
    "K for single queries."
    query_penalty: float
    "Of the ridge, for single queries."
    score_neighbours: list[int]
    "K of the rules `s1`, `s2`, `s3`."
    bandwidth: float
    "Of the kernel of `s3`."
    familiar: float
    "Share of a prompt that must be known for it to be looked at; 0: every prompt is; null with other vectors than the built-in ones."
    notes: list
    "What to bear in mind, in words."
    guard: RouteFitGuard
    "Of single queries; absent without `--risk`."


class RouteInfoModel(Record):
    """See `RouteInfoReport.models`."""

    name: str
    "Its name."
    accuracy: float
    "Over all queries."
    known: int
    "Queries of which it is known whether it is right."
    cost: float
    "Dollars per million tokens; null if unknown."


class RouteInfoTasksBelief(Record):
    """See `RouteInfoReport.tasks_belief`."""

    weights: list[float]
    "Of the average over tasks, the neighbours and the ridge."
    common_weight: float
    "Of what is predicted for all models together, w0."
    skill: float
    "Standard errors by which left-out tasks and their single queries together were predicted better than by the averages over tasks."


class RouteInfoQueriesBelief(Record):
    """See `RouteInfoReport.queries_belief`."""

    weights: list[float]
    "As above."
    common_weight: float
    "As above."
    skill: float
    "Standard errors by which left-out queries were predicted better than by the accuracies."


class RouteInfoGuard(Record):
    """See `RouteInfoReport.guard`."""

    risk: float
    "Points of accuracy that routing may lose against the best single model."
    delta: float
    "Chance that it loses more all the same."
    cost_weight: float
    "That it was made for."
    routes: bool
    "False: it could not be shown, or is void, and every query goes to the best single model."
    void: bool
    "It was shown of the router before an update, and routes nothing."
    margin: float
    "By how much a choice must be worth more than the best single model."
    queries: float
    "Held out for it."
    routed: float
    "Share of them above the margin."
    gain: float
    "Points of accuracy that routing changes on all of them."
    least_gain: float
    "Its lower bound, with probability 1 - delta."
    fewest_held_out: int
    "Queries that a guard of this risk needs."


class RouteInfoReport(Report):
    """What ``route info`` returns."""

    _classes = {"models": RouteInfoModel, "tasks_belief": RouteInfoTasksBelief, "queries_belief":
        RouteInfoQueriesBelief, "guard": RouteInfoGuard}
    router: str
    "The router file."
    bytes: int
    "Of the file."
    embedding: str
    "Id of the embedding."
    index: str
    "How neighbours are found: `plain`, `codes` or `graph`."
    candidates: str
    "Digest of the names of the models."
    queries: int
    "Learnt from."
    tasks: list[str]
    "Their names."
    models: list[RouteInfoModel]
    "In the order of the file."
    tasks_belief: RouteInfoTasksBelief
    "Stacking weights for a new task."
    queries_belief: RouteInfoQueriesBelief
    "The same for single queries."
    query_neighbours: int
    "K for single queries."
    query_penalty: float
    "Of the ridge, for single queries."
    score_neighbours: list[int]
    "K of the rules `s1`, `s2`, `s3`."
    bandwidth: float
    "Of the kernel of `s3`."
    familiar: float
    "Share of a prompt that must be known for it to be looked at; 0: every prompt is; null with other vectors than the built-in ones."
    notes: list
    "What to bear in mind, in words."
    guard: RouteInfoGuard
    "Of single queries; absent without `--risk`."


class RouteUpdateModel(Record):
    """See `RouteUpdateReport.models`."""

    name: str
    "Its name."
    new: bool
    "The router did not know it."
    accuracy: float
    "Over all queries."
    error: float
    "Standard error of it."
    before: float | None
    "Accuracy before; null if new."
    known: int
    "Queries of which it is known whether it is right."
    outcomes: int
    "In the file."


class RouteUpdateReport(Report):
    """What ``route update`` returns."""

    _classes = {"models": RouteUpdateModel}
    router: str
    "The router file."
    output: str
    "The router file that was written."
    bytes: int
    "Of the file."
    candidates: str
    "Digest of the names of the models."
    outcomes: int
    "That were taken."
    without_outcome: int
    "Lines without `model` or `right`, left out."
    without_prompt: int
    "Outcomes with neither `prompt` nor `vector`, left out."
    queries: int
    "Of the router now."
    new_queries: int
    "That it did not know."
    filled: int
    "Outcomes of which nothing was known before."
    changed: int
    "Outcomes in place of others."
    forgotten: int
    "Outcomes, with `--half-life`."
    half_life: float
    "As given, days; null without."
    new_tasks: list[str]
    "That it did not know."
    models: list[RouteUpdateModel]
    "Of the router now."
    guard_void: bool
    "It had a guard, which holds no longer."
    guard_dropped: bool
    "As asked for; else a router with a void guard routes nothing."
    notes: list[str]
    "What to bear in mind, in words."


class RouteEvaluateScore(Record):
    """See `RouteEvaluateReport.scores`."""

    name: str
    "The rule."
    accuracy: float | None
    "Of the chosen model."
    accuracy_se: float | None
    "Standard error over tasks."
    ratio_to_best: float | None
    "Accuracy over that of the best model on the task."
    ratio_to_best_se: float | None
    "Standard error."
    pearson: float | None
    "Correlation of the ranking with the accuracies."
    spearman: float | None
    "Rank correlation."
    share_bma: float | None
    "How often the best model on average is chosen."
    mean_params: float | None
    "Number of weights of the chosen models; null if unknown."
    rank: float | None
    "Of the chosen model on the task, 1 is the best."
    gain: float | None
    "Accuracy above that of `bma`."
    gain_se: float | None
    "Standard error."
    behind_assay: float | None
    "Accuracy of `assay` less this one's."
    behind_assay_se: float | None
    "Standard error."


class RouteEvaluatePerQuery(Record):
    """See `RouteEvaluateReport.per_query`."""

    name: str
    "How."
    accuracy: float | None
    "Of the answers."
    accuracy_se: float | None
    "Standard error over queries."
    cost: float | None
    "Mean price of the chosen models, dollars per million tokens; null where one is unknown."
    dollars_per_1000: float | None
    "Mean price of 1,000 answered prompts; null where one is unknown."
    seconds: None
    "Mean time of the chosen models' answers, as imported; null where one is unknown."
    regret_to_oracle: float | None
    "Accuracy below that of the oracle."
    regret_to_oracle_se: float | None
    "Standard error."
    gain: float | None
    "Accuracy above that of the best single model."
    gain_se: float | None
    "Standard error."


class RouteEvaluateCurvePoint(Record):
    """See `RouteEvaluateCurve.points`."""

    cost_weight: float | None
    "Chance of a right answer that a dollar per million tokens is worth; null: the cheapest model alone."
    dollars_per_1000: float
    "Mean price of 1,000 answered prompts."
    accuracy: float
    "Of the answers."
    accuracy_se: float
    "Standard error over texts."


class RouteEvaluateCurve(Record):
    """See `RouteEvaluateReport.curves`."""

    _classes = {"points": RouteEvaluateCurvePoint}
    name: str
    "How models are chosen."
    area: float
    "Mean accuracy over the prices from the cheapest model's to the dearest's (AIQ)."
    area_se: float
    "Standard error."
    area_gain: float
    "Above that of one model for all prompts, the best for its price."
    area_gain_se: float
    "Standard error, paired."
    at_half: float
    "Accuracy at half the price of the best single model, as a share of its accuracy; null: no model is that cheap."
    at_half_se: float | None
    "Standard error."
    at_half_gain: float
    "Above that of one model for all prompts."
    at_half_gain_se: float | None
    "Standard error, paired."
    arena: float
    "RouterArena's score at the cost weight given."
    arena_se: float
    "Standard error."
    arena_gain: float
    "Above that of the best single model."
    arena_gain_se: float
    "Standard error, paired."
    points: list[RouteEvaluateCurvePoint]
    "The curve, the dearest first."


class RouteEvaluateReport(Report):
    """What ``route evaluate`` returns."""

    _classes = {"scores": RouteEvaluateScore, "per_query": RouteEvaluatePerQuery, "curves": RouteEvaluateCurve}
    study: str
    "The study file."
    embedding: str
    "Id of the embedding."
    seed: int
    "As given."
    tasks: list[str]
    "Each is left out in turn."
    models: list[str]
    "Their names."
    queries: int
    "Of all tasks."
    labelled: int
    "Queries of the left-out task whose outcomes are given."
    pools: int
    "That were kept: all, or with `--pools-by all-tasks` those where the oracle is more than a point above `bma`."
    pools_drawn: int
    "Of which they were kept."
    scores: list[RouteEvaluateScore]
    "Routing rules for new tasks; means over tasks of means over pools."
    per_query: list[RouteEvaluatePerQuery]
    "Routing of single queries by a router of the other half, which has seen others of their tasks."
    curves: list[RouteEvaluateCurve]
    "Accuracy against price, of those of `per_query` but `cheapest`; empty without prices."
    abstained: float | None
    "Share of pools and tasks in which `assay` returned `bma` for want of better."
    coverage: float | None
    "Share of models and tasks whose accuracy lies in the 95 % interval of `assay`."
    coverage_se: float | None
    "Standard error."
    interval_width: float | None
    "Mean."
    brier: float | None
    "Mean squared error of the chances of single queries."
    brier_of_accuracy: float | None
    "That of the accuracies alone."
    calibration_error: float | None
    "Mean distance of ten bins of chances from what came true."
    notes: list[str]
    "What to bear in mind, in words."
    pool_size: int
    "With `--pools`."
    pool_spread: float
    "Points, with `--pools`."
    pools_by: str
    "`other-tasks` or `all-tasks`, with `--pools`: by which accuracies models of a pool are close."


class RouteTaskUsualDistance(Record):
    """See `RouteTaskReport.usual_distance`."""

    low: float
    "The least."
    high: float
    "The largest."


class RouteTaskModel(Record):
    """See `RouteTaskReport.models`."""

    name: str
    "Its name."
    score: float
    "By the rule; of `assay` the predicted accuracy; null where nothing is known."
    low: float
    "Of the 95 % interval of the accuracy; null where the rule predicts none."
    high: float
    "Of the 95 % interval of the accuracy; null where the rule predicts none."
    benchmark_accuracy: float
    "On average over the benchmark's tasks."
    parameters: float
    "Number of weights; null if unknown."
    cost: float
    "Dollars per million tokens; null if unknown."


class RouteTaskReport(Report):
    """What ``route task`` returns."""

    _classes = {"usual_distance": RouteTaskUsualDistance, "models": RouteTaskModel}
    router: str
    "The router file."
    embedding: str
    "Id of the embedding."
    candidates: str
    "Digest of the names of the models."
    score: str
    "The routing rule."
    queries: int
    "Of the task."
    labelled: int
    "Of these, with known outcomes."
    unknown: int
    "Of these, those that the router knows little or nothing in, as in another language."
    chosen: str
    "The model to take."
    abstained: bool
    "The benchmark says nothing to choose by: the best on average is chosen."
    distance: float
    "Mean distance (1 - cosine) of the queries to their 20 nearest of the benchmark."
    usual_distance: RouteTaskUsualDistance
    "Of the benchmark's tasks to each other; null with one task."
    models: list[RouteTaskModel]
    "The best first."


class RouteQueryPromptModel(Record):
    """See `RouteQueryPrompt.models`."""

    name: str
    "Its name."
    chance: float
    "Of its being right."
    cost: float
    "Dollars per million tokens; null if unknown."


class RouteQueryPrompt(Record):
    """See `RouteQueryReport.prompts`."""

    _classes = {"models": RouteQueryPromptModel}
    chosen: str
    "The model to ask."
    chance: float
    "Of its being right."
    chance_of_best_on_average: float
    "Of the best model on average."
    known: bool
    "False: the router knows little or nothing in it (another language, an empty text), and the best on average is asked."
    models: list[RouteQueryPromptModel]
    "The most likely first."


class RouteQueryGuard(Record):
    """See `RouteQueryReport.guard`."""

    risk: float
    "Points of accuracy that routing may lose against the best single model."
    delta: float
    "Chance that it loses more all the same."
    routes: bool
    "False: it could not be shown, or is void, and every query goes to the best single model."
    void: bool
    "It was shown of the router before an update, and routes nothing."
    margin: float
    "By how much a choice must be worth more than the best single model."


class RouteQueryReport(Report):
    """What ``route query`` returns."""

    _classes = {"prompts": RouteQueryPrompt, "guard": RouteQueryGuard}
    router: str
    "The router file."
    embedding: str
    "Id of the embedding."
    candidates: str
    "Digest of the names of the models."
    cost_weight: float
    "As given."
    abstained: bool
    "The benchmark says nothing to choose by: the best on average is chosen."
    prompts: list[RouteQueryPrompt]
    "One for each."
    notes: list
    "What to bear in mind, in words."
    guard: RouteQueryGuard
    "Of single queries; absent without `--risk`."


class SynthModel(Record):
    """See `SynthReport.models`."""

    name: str
    "Its name."
    ability: float
    "On the logistic scale."
    win_rate: float
    "The true one against the baseline."


class SynthReport(Report):
    """What ``synth`` returns."""

    _classes = {"models": SynthModel}
    study: str
    "The study file."
    queries: int
    "How many were made."
    seed: int
    "As given."
    spread: float
    "Standard deviation of the abilities."
    models: list[SynthModel]
    "By falling true win rate."


class SynthScoresReport(Report):
    """What ``synth --scores`` returns."""

    study: str
    "The study file."
    scores: str
    "The family."
    arms: int
    "Responses to score."
    repeats: int
    "Scores of each."
    seed: int
    "As given."
    largest_variance: float
    "Of the arms."
    mean_variance: float
    "Of the arms."


class DoctorFinding(Record):
    """See `DoctorReport.findings`."""

    about: str
    "Answers, settings, model, json-schema, verdicts, usage, reasoning, length, order, sense, latency, limits or price."
    level: str
    "Good, note or problem."
    text: str
    "What was found."
    advice: str | None
    "What to do; null: nothing."


class DoctorSeconds(Record):
    """See `DoctorReport.seconds`."""

    least: float
    "Of all."
    median: float
    "Of all."
    most: float
    "Of all."


class DoctorReport(Report):
    """What ``doctor`` returns."""

    _classes = {"findings": DoctorFinding, "seconds": DoctorSeconds}
    url: str
    "Address of the API."
    model: str
    "As asked."
    can_judge: bool
    "It can serve as a judge with the options that were given; null if `--max-cost` came before that was known."
    findings: list[DoctorFinding]
    "In words."
    requests: int
    "That were sent."
    requests_failed: dict
    "By failure; the names are in [method/judge](../method/judge.md#failures)."
    questions: int
    "That were put to it and have an end: 4 if nothing is in the way."
    verdicts: int
    "Of these, with a verdict."
    answers_as: str
    "The model as the replies call it; null: untold."
    json_schema: str
    "What it does with one: kept, ignored or refused; null: not known."
    needs_completion_tokens: bool
    "It refuses `max_tokens`: `--completion-tokens`."
    needs_no_temperature: bool
    "It refuses the temperature: `--no-judge-temperature`."
    usage: list[str]
    "Names of the counts that it tells."
    usage_certain: bool
    "What it bills follows from them, without contradiction."
    reasons: bool
    "It thinks before it replies."
    reasoning_tokens: None
    "Of a reply, mean; null: not told."
    tokens_in: float
    "Of a reply, mean; null: not told."
    tokens_out: float
    "Likewise, reasoning included."
    longest_reply: int
    "Tokens out; null: not told."
    max_tokens: int
    "That a reply was allowed."
    seconds: DoctorSeconds
    "Until a reply was there; null without any."
    rate_limits: dict
    "Headers by which it tells its limits, as the last reply has them."
    cost: int
    "Of all requests, at most; null: no price is known."
    verdict_cost: int
    "Of a reply, mean, at most; null: not known."
    cost_certain: bool
    "Both are exact, as far as the price is right."
    max_cost: None
    "As given, in micro-dollars; null: no limit."


class DryRunAnswering(Record):
    """See `DryRunReport.answering`."""

    candidates: int
    "Who answers."
    answers_at_most: int
    "That would be made."
    probable_cost: list[int]
    "From and to, micro-dollars: of the answers that `probable_calls` need; null unless each candidate has a price."
    cost: int
    "Micro-dollars, of the answers that all `calls` need, of likely lengths; null likewise."
    cost_at_most: int
    "Micro-dollars, each answer as long as `max_tokens` allows; null likewise."
    lengths_guessed: bool
    "A candidate has given no answer yet, by whose length one could go."


class DryRunReport(Report):
    """What ``select --dry-run`` returns."""

    _classes = {"answering": DryRunAnswering}
    dry_run: bool
    "True."
    url: str
    "Of the endpoint."
    model: str
    "As the endpoint calls it."
    calls: int
    "Pairs (or scores), at most."
    requests: int
    "For these; what the study can answer is not among them."
    from_study: int
    "Questions that the study can answer."
    probable_calls: list[int]
    "From and to: what strategy `assay` will probably ask before it stops, without what is known; of other strategies and `allocate` twice `calls`."
    tokens_in: int
    "Of all `calls`, likely."
    tokens_in_at_most: int
    "A token a byte, and what frames a message."
    tokens_out: int
    "Of all `calls`, likely."
    tokens_out_at_most: int
    "`--max-tokens` each."
    replies_seen: int
    "Of this judge, whose lengths the likely tokens are from; 0: fewer than twenty, they are guessed."
    probable_cost: list[int]
    "From and to, micro-dollars: of `probable_calls`, with likely tokens; null without a price."
    cost: int
    "Micro-dollars, of all `calls` with likely tokens; null without a price."
    cost_at_most: int
    "Micro-dollars; null without a price."
    spent: int
    "By all runs of the study so far, micro-dollars."
    max_cost: int
    "`--max-cost`, given or remembered, in micro-dollars; null without."
    answering: DryRunAnswering | None
    "Of candidates that answer when they are asked; null without."


class PageCheck(Record):
    """See `PageReport.checks`."""

    source: str
    "The file."
    name: str
    "What was checked."
    outcome: str
    "`passed`, `failed` or `undecided`."
    message: str
    "A sentence with the numbers."


class PageDocumentCalls(Record):
    """See `PageDocument.calls`."""

    queries: list[str]
    "Names of the queries."
    models: list[str]
    "Names of the models."
    query: list[int]
    "Of each call, in the order in which they counted: its query, from 0."
    model: list[int]
    "Likewise its model, from 0."
    reward: list[float]
    "Likewise what came, from 0 to 1; null: no verdict."
    known: int
    "Of these, the first ones, which were known before the run."


class PageDocumentJudgeHabit(Record):
    """See `PageDocumentJudge.habits`."""

    name: str
    "`no_verdict`, `draws`, `longer_preferred`, `first_preferred` or `orders_contradict`."
    text: str
    "The same for people."
    share: float
    "How often."
    low: float
    "Of its 95 % interval (Wilson)."
    high: float
    "Of its 95 % interval."
    count: int
    "How many cases."
    of: int
    "Of so many."


class PageDocumentJudgeFailure(Record):
    """See `PageDocumentJudge.failures`."""

    why: str
    "As the keys of `requests_failed` of `select`."
    count: int
    "How many."


class PageDocumentJudge(Record):
    """See `PageDocument.judge`."""

    _classes = {"habits": PageDocumentJudgeHabit, "failures": PageDocumentJudgeFailure}
    oracle: str
    "`recorded` or `kept`."
    title: str
    "Name of the judge."
    habits: list[PageDocumentJudgeHabit]
    "Those of which there is a case."
    cost: float | None
    "Dollars that all calls of a paid judge took, at most; null: not known."
    tokens_in: int | None
    "Of all these; null: there are none."
    tokens_out: int | None
    "Likewise."
    failures: list[PageDocumentJudgeFailure]
    "Requests that failed, by reason, those tried again included."


class PageDocumentExchangeReply(Record):
    """See `PageDocumentExchange.replies`."""

    order: str
    "`model first`, `baseline first`, or empty where the answer was judged alone."
    text: str
    "As it came."
    verdict: str
    "Of the model `win`, `draw` or `loss`, or a score; `unreadable`."


class PageDocumentExchange(Record):
    """See `PageDocument.exchanges`."""

    _classes = {"replies": PageDocumentExchangeReply}
    call: int
    "Number of the call, from 0."
    query: str
    "Its query."
    model: str
    "Its model."
    reward: float | None
    "What came, from 0 to 1; null: no verdict."
    prompt: str
    "The prompt; empty if unknown."
    response: str
    "The model's answer; empty if unknown."
    baseline: str
    "The baseline's answer; null without one."
    replies: list[PageDocumentExchangeReply]
    "What an LLM judge replied."


class PageDocument(Record):
    """See `PageReport.documents`."""

    _classes = {"calls": PageDocumentCalls, "judge": PageDocumentJudge, "exchanges": PageDocumentExchange}
    kind: str
    "`select`, `allocate`, `simulate`, `simulate-allocators`, `route-fit`, `route-task`, `route-query`, `route-evaluate`, `ensemble` or `comparison`."
    title: str
    "Name of the file."
    source: str
    "The file as given."
    command: str | None
    "Repeats it; null: not known."
    summary: list[str]
    "The first lines of the text report."
    text: str
    "The whole text report."
    report: dict
    "The document of the verb's `--json`; of a `comparison` as below."
    calls: PageDocumentCalls
    "Of `select`: what was judged; null without the study."
    judge: PageDocumentJudge
    "Of `select`: what is known of the judge; null without the study."
    exchanges: list[PageDocumentExchange]
    "Of `select`: calls with their texts, as many as fit, in the order of the calls."
    exchanges_left_out: int
    "Of `select`: calls whose texts did not fit."
    texts_cut_at: int
    "Of `select`: bytes after which texts are cut; 0: there are none."


class PageReport(Report):
    """What ``report`` returns."""

    _classes = {"checks": PageCheck, "documents": PageDocument}
    assay: str
    "Version that made it."
    made: str | None
    "When, as ISO 8601; null with `--no-timing`."
    live: bool
    "Whether exchanges are to be fetched: never."
    checks: list[PageCheck]
    "Of `--fail-below` and `--expect-best`, for each selection."
    documents: list[PageDocument]
    "A comparison where there are several selections, then one for each input."


class ComparisonModelIn(Record):
    """See `ComparisonModel.in`."""

    win_rate: float
    "As `models[].win_rate` of `select`; and so on."
    low: float
    "Of the 95 % interval."
    high: float
    "Of the 95 % interval."
    probability: float
    "Of being the best."
    best: bool
    "It is what was found there."
    possible: bool
    "May still be the best."
    calls: int
    "Judged."


class ComparisonModel(Record):
    """See `ComparisonReport.models`."""

    _classes = {"in": ComparisonModelIn}
    name: str
    "Its name."


class ComparisonPairAgreement(Record):
    """See `ComparisonPair.agreement`."""

    share: float
    "How often."
    low: float
    "Of its 95 % interval (Wilson)."
    high: float
    "Of its 95 % interval."
    count: int
    "How many."
    of: int
    "Of so many."


class ComparisonPairDifference(Record):
    """See `ComparisonPair.differences`."""

    model: str
    "Its name."
    difference: float
    "Its mean reward in the second less that in the first, on the same calls."
    low: float
    "Of its 95 % interval (Student)."
    high: float
    "Of its 95 % interval."
    calls: int
    "Judged in both."


class ComparisonPair(Record):
    """See `ComparisonReport.pairs`."""

    _classes = {"agreement": ComparisonPairAgreement, "differences": ComparisonPairDifference}
    first: int
    "Number of the input, from 0."
    second: int
    "Number of the other."
    queries: int
    "That both have."
    models: int
    "That both have."
    agreement: ComparisonPairAgreement
    "Calls judged in both that came out the same; null without one."
    differences: list[ComparisonPairDifference]
    "Of models with at least two calls judged in both."


class ComparisonReport(Report):
    """What ``report: comparison`` returns."""

    _classes = {"models": ComparisonModel, "pairs": ComparisonPair}
    studies: list[str]
    "The inputs that are compared."
    best: list[str]
    "The model that each found; null: none."
    agree: bool | None
    "Whether all found the same; null while one is undecided, and where other models are no contradiction: with a tolerance, or of different models."
    models: list[ComparisonModel]
    "All that any has, by the mean of their rates."
    pairs: list[ComparisonPair]
    "Two inputs each that have queries and models in common, and whose calls are known."


class TrustAgreement(Record):
    """See `TrustReport.agreement`."""

    agreement: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    pairs: int
    "That it is a mean over."


class TrustAgreementPooled(Record):
    """See `TrustReport.agreement_pooled`."""

    agreement: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    pairs: int
    "That it is a mean over."


class TrustAlpha(Record):
    """See `TrustReport.alpha`."""

    value: float
    "1 all agree, 0 as by chance."
    low: float
    "95 %, bootstrap over pairs."
    high: float
    "Likewise."
    pairs: int
    "With two verdicts."


class TrustJudgeHabitsDraws(Record):
    """See `TrustJudgeHabits.draws`."""

    share: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    of: int
    "That it is a mean over."


class TrustJudgeHabitsFirst(Record):
    """See `TrustJudgeHabits.first`."""

    share: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    of: int
    "That it is a mean over."


class TrustJudgeHabitsLonger(Record):
    """See `TrustJudgeHabits.longer`."""

    share: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    of: int
    "That it is a mean over."


class TrustJudgeHabits(Record):
    """See `TrustReport.judge_habits`."""

    _classes = {"draws": TrustJudgeHabitsDraws, "first": TrustJudgeHabitsFirst, "longer": TrustJudgeHabitsLonger}
    draws: TrustJudgeHabitsDraws | None
    "Verdicts that are draws."
    first: TrustJudgeHabitsFirst | None
    "Verdicts but draws for the answer that was read first; null: not known."
    longer: TrustJudgeHabitsLonger | None
    "Verdicts but draws for the longer answer; null without one."


class TrustPeopleHabitsDraws(Record):
    """See `TrustPeopleHabits.draws`."""

    share: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    of: int
    "That it is a mean over."


class TrustPeopleHabitsFirst(Record):
    """See `TrustPeopleHabits.first`."""

    share: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    of: int
    "That it is a mean over."


class TrustPeopleHabitsLonger(Record):
    """See `TrustPeopleHabits.longer`."""

    share: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    of: int
    "That it is a mean over."


class TrustPeopleHabits(Record):
    """See `TrustReport.people_habits`."""

    _classes = {"draws": TrustPeopleHabitsDraws, "first": TrustPeopleHabitsFirst, "longer": TrustPeopleHabitsLonger}
    draws: TrustPeopleHabitsDraws | None
    "Verdicts that are draws."
    first: TrustPeopleHabitsFirst | None
    "Verdicts but draws for the answer that was read first; null: not known."
    longer: TrustPeopleHabitsLonger | None
    "Verdicts but draws for the longer answer; null without one."


class TrustRaterAgainstJudge(Record):
    """See `TrustRater.against_judge`."""

    agreement: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    pairs: int
    "That it is a mean over."


class TrustRater(Record):
    """See `TrustReport.raters`."""

    _classes = {"against_judge": TrustRaterAgainstJudge}
    name: str
    "May be empty."
    against_judge: TrustRaterAgainstJudge | None
    "How often they say the same; null without a pair."


class TrustPeopleRaterAgainstRest(Record):
    """See `TrustPeopleRater.against_rest`."""

    agreement: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    pairs: int
    "That it is a mean over."


class TrustPeopleRater(Record):
    """See `TrustPeople.raters`."""

    _classes = {"against_rest": TrustPeopleRaterAgainstRest}
    name: str
    "May be empty."
    verdicts: int
    "But skips."
    alone: int
    "On pairs that nobody else judged."
    against_rest: TrustPeopleRaterAgainstRest | None
    "How often the others say the same; null: nobody else judged these pairs."


class TrustPeopleAgreement(Record):
    """See `TrustPeople.agreement`."""

    agreement: float
    "The share."
    low: float
    "95 % (Wilson)."
    high: float
    "Likewise."
    pairs: int
    "That it is a mean over."


class TrustPeopleAlpha(Record):
    """See `TrustPeople.alpha`."""

    value: float
    "1 all agree, 0 as by chance."
    low: float
    "95 %, bootstrap over pairs."
    high: float
    "Likewise."
    pairs: int
    "With two verdicts."


class TrustPeopleAlphaNominal(Record):
    """See `TrustPeople.alpha_nominal`."""

    value: float
    "1 all agree, 0 as by chance."
    low: float
    "95 %, bootstrap over pairs."
    high: float
    "Likewise."
    pairs: int
    "With two verdicts."


class TrustPeople(Record):
    """See `TrustReport.people`."""

    _classes = {"raters": TrustPeopleRater, "agreement": TrustPeopleAgreement, "alpha": TrustPeopleAlpha,
        "alpha_nominal": TrustPeopleAlphaNominal}
    raters: list[TrustPeopleRater]
    "Who gave a verdict."
    verdicts: int
    "Of all people."
    pairs: int
    "With a verdict."
    pairs_twice: int
    "With two or more."
    agreement: TrustPeopleAgreement | None
    "How often two people say the same; null: no pair has two verdicts."
    alpha: TrustPeopleAlpha | None
    "Krippendorff's, of loss < draw < win; null if it is not defined."
    alpha_nominal: TrustPeopleAlphaNominal | None
    "Of loss, draw and win as names; likewise."
    summary: list[str]
    "Sentences."


class TrustReport(Report):
    """What ``trust`` returns."""

    _classes = {"agreement": TrustAgreement, "agreement_pooled": TrustAgreementPooled, "alpha": TrustAlpha,
        "judge_habits": TrustJudgeHabits, "people_habits": TrustPeopleHabits, "raters": TrustRater, "people":
        TrustPeople}
    study: str
    "The study file."
    judge: str
    "The judge in question: a name, or the title of a live one."
    baseline: str
    "What people and the judge compared with."
    pairs: int
    "That people and the judge gave a verdict on."
    agreement: TrustAgreement | None
    "How often the judge and a person say the same, the mean over pairs; null without a pair."
    agreement_pooled: TrustAgreementPooled | None
    "How often the judge says what people say together; null without a pair."
    kappa: float | None
    "Cohen's, of that; null if chance alone would make them agree."
    alpha: TrustAlpha | None
    "Krippendorff's, ordinal, of the judge and people together; null if it is not defined."
    people_by_judge: list
    "Pairs by what people say together: loss, draw, win of the model."
    judge_habits: TrustJudgeHabits
    "Of the judge on these pairs."
    people_habits: TrustPeopleHabits
    "Of single verdicts of people on these pairs."
    raters: list[TrustRater]
    "People, beside the judge."
    people: TrustPeople
    "People among themselves, on all pairs that they judged."
    summary: list[str]
    "Sentences: how far the judge can be trusted."
    notes: list
    "What else should be known, in words."
