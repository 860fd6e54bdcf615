"""The verbs of the command as functions, and as methods of `assay.Study`. What is not given is as the command has it."""

# Made by python/generate. Do not edit.

from __future__ import annotations

from typing import TYPE_CHECKING

from ._calls import call as _call

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    from . import reports
    from ._endpoint import OpenAICompatible
    from ._jobs import Question


class StudyVerbs:
    """What can be done with a study."""

    def import_files(
        self,
        paths: str | os.PathLike | Iterable,
        *,
        annotator: str | None = None,
        judge: str | None = None,
        baseline: str | None = None,
        gold: str | None = None,
        task: str | None = None,
        weights: Iterable[str] | None = None,
        model: str | None = None,
        prompt: str | None = None,
        ignore: Iterable[str] | None = None,
        na: Iterable[str] | None = None,
        errors: str | None = None,
        run: str | None = None,
        one_game: bool | None = None,
        format: str | None = None,
        progress: bool | None = None,
    ) -> reports.ImportReport:
        """Read benchmark files into a study.

        Parameters
        ----------
        paths : str | os.PathLike | Iterable
            Files or folders.
        annotator : str
            Alpaca-eval: whose annotations, where there are several.
        judge : str
            Arena-hard: which judge of several; csv, jsonl: its name.
        baseline : str
            Model to compare with, where the files do not tell (not for alpaca-eval)
        gold : str
            Csv: column of the true labels (default: gold); the others are then what models predict.
        task : str
            Csv: column of the task or subject (default: task)
        weights : Iterable[str]
            Csv: columns that say how much a query counts, e.g. traffic.
        model : str
            Csv, jsonl, parquet, answers: whose answers the files hold, where they do not tell.
        prompt : str
            Csv, jsonl, parquet: the prompt of each row, made of its columns: 'Translate into {language}: {text}'.
        ignore : Iterable[str]
            Csv, jsonl, parquet, answers: columns or keys to pass over.
        na : Iterable[str]
            Csv: cells that stand for "not run"; '' for none (default: NA)
        errors : str
            Evaluation tools: samples that failed are missing or wrong.
        run : str
            Evaluation tools: the run that counts where there are several, by a part of its name; else the newest.
        one_game : bool
            Arena-hard: where only one of the two games was judged, take it for both.
        format : str | None
            Of the files; None: it is recognised.
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.
        """
        given = dict(locals())
        return self._call("import", given)

    def export(
        self,
        *,
        output: str,
        format: str | None = None,
        progress: bool | None = None,
    ) -> reports.ExportReport:
        """Write a study as files that other programs read.

        Parameters
        ----------
        output : str
            File or folder to write.
        format : str
            Format to write (default: by the ending of the file)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, models=4, queries=40, seed=3)
        >>> report = assay.Study(path).export(output=path + ".jsonl")
        >>> os.path.exists(path + ".jsonl")
        True
        """
        given = dict(locals())
        return self._call("export", given)

    def info(
        self,
        *,
        progress: bool | None = None,
    ) -> reports.InfoReport:
        """Tell what a study holds.

        Parameters
        ----------
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, models=4, queries=40, seed=3)
        >>> assay.Study(path).info().queries
        40
        """
        given = dict(locals())
        return self._call("info", given)

    def remove(
        self,
        *,
        model: Iterable[str] | None = None,
        judge: Iterable[str] | None = None,
        progress: bool | None = None,
    ) -> reports.RemoveReport:
        """Take models or judges out of a study.

        Parameters
        ----------
        model : Iterable[str]
            A model, with its responses, verdicts, scores, labels and kept answers; may be repeated.
        judge : Iterable[str]
            A recorded judge, with its verdicts and scores; may be repeated.
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, models=4, queries=40, seed=3)
        >>> report = assay.Study(path).remove(model=["model-01"])
        >>> "model-01" in assay.Study(path).models
        False
        """
        given = dict(locals())
        return self._call("remove", given)

    def select(
        self,
        judge: str | Callable[[Question], object] | OpenAICompatible | None = None,
        *,
        candidates: str | None = None,
        answer_timeout: float | None = None,
        per_month: float | None = None,
        oracle: str | None = None,
        timeout: float | None = None,
        assistant_judge: str | None = None,
        strategy: str | type | None = None,
        budget: float | None = None,
        calls: int | None = None,
        epsilon: str | float | None = None,
        confidence: float | None = None,
        good_enough: str | float | None = None,
        prefer: str | None = None,
        candidate_prices: str | None = None,
        population: bool | None = None,
        no_baseline: bool | None = None,
        seed: int | None = None,
        threads: int | None = None,
        baseline: str | None = None,
        measure: str | None = None,
        score_range: Iterable[float] | None = None,
        lower_is_better: bool | None = None,
        tasks: Iterable[str] | None = None,
        weights: str | None = None,
        average: str | None = None,
        models: Iterable[str] | None = None,
        without_responses: bool | None = None,
        e_loss: float | None = None,
        e_draw: float | None = None,
        temperature: float | None = None,
        exploration: float | None = None,
        return_: str | None = None,
        weak_orders: int | None = None,
        weak_tokens: str | None = None,
        weak_smoothing: str | None = None,
        weak_delta: float | None = None,
        weak_mean: str | None = None,
        weak_leave_one_out: bool | None = None,
        weak_pooled: bool | None = None,
        weak_draws: float | None = None,
        plot: str | None = None,
        batch: int | None = None,
        judge_url: str | None = None,
        judge_model: str | None = None,
        judge_key_env: str | None = None,
        judge_header: Iterable[str] | None = None,
        template: str | None = None,
        reply: str | None = None,
        max_tokens: int | None = None,
        judge_temperature: float | None = None,
        no_judge_temperature: bool | None = None,
        prices: str | None = None,
        max_cost: float | None = None,
        no_judge_header: bool | None = None,
        order: str | None = None,
        repeat_by: str | None = None,
        repeats: int | None = None,
        retries: int | None = None,
        dry_run: bool | None = None,
        name: str | None = None,
        must_decide: bool = False,
        progress: bool | None = None,
    ) -> reports.SelectReport:
        """Find the best model, asking a judge about few queries.

        Parameters
        ----------
        judge : str | Callable[[Question], object] | OpenAICompatible | None
            Who judges: a function of a `Question`, perhaps async, that returns "win", "draw" or "loss", a score, or
            None for no verdict; an endpoint; or the name of a judge whose judgements the study has.
        candidates : str
            JSON file with the models and their endpoints, see docs/reference/candidates.md.
        answer_timeout : float
            Seconds for one answer (default: 120)
        per_month : float
            Tell what each candidate would cost for so many prompts a month.
        oracle : str
            Who judges (default: recorded)
        timeout : float
            Seconds without an answer after which a live oracle or a program has failed (default: 60)
        assistant_judge : str
            A cheaper judge that the study has: what it said helps to choose what is judged next, and counts for nothing
            else.
        strategy : str | type
            How to choose what is judged next (default: assay)
        budget : float
            Query equivalents to judge, m calls each for m models; fractions are allowed (default: all queries). If it
            ends before the decision is made, `decided` of the report's `stop` is false.
        calls : int
            The budget in calls, of a (query, model) pair each, in place of budget.
        epsilon : str | float
            Find a model that is at most so much worse than the best: 2.5% or 0.025 of win rates and accuracies; of
            scores in their own units, or percent of their scale (default: 0)
        confidence : float
            Stop when sure with this probability (default: 95%)
        good_enough : str | float
            Find the cheapest model that is at most so much worse than the best, as epsilon.
        prefer : str
            What is less of a model that is good enough: price, latency or size, the last two as imported (default:
            price)
        candidate_prices : str
            Prices of the candidates, a JSON file as of prices (default: as imported); the report compares quality and
            price.
        population : bool
            Be sure about all prompts like these, not about these alone: takes more calls.
        no_baseline : bool
            The baseline is a fixed reference that can't be chosen.
        seed : int
            Order of the queries, and ties (default: 1)
        threads : int
            Threads (default: one per core)
        baseline : str
            Model that the others are compared with; needed for scores.
        measure : str
            Win-rate or preference (by degree) against a baseline; score or accuracy, which need none (default: what the
            study has; a live judge compares)
        score_range : Iterable[float]
            Of scores (default: as the import told of the judge, else the lowest and the highest of the study); a live
            judge must be told.
        lower_is_better : bool
            Of scores (default: as the import told of the judge, else higher)
        tasks : Iterable[str]
            Queries of these tasks alone, a name with a comma in double quotes (default: all)
        weights : str
            How much each query counts: name of weights that an import brought, e.g. traffic.
        average : str
            Each query counts the same, or each task as on leaderboards: queries or tasks (default: queries)
        models : Iterable[str]
            Candidates (default: all)
        without_responses : bool
            Keep candidates that have judgements but no responses.
        e_loss : float
            Llm-selector: chance that the best model loses (default: grid search)
        e_draw : float
            Llm-selector: chance that it draws (default: grid search)
        temperature : float
            Select-llm: temperature of its posterior (default: grid search)
        exploration : float
            Ucb-e: share of the exploration that its theorem allows (default: 0.694444)
        return_ : str
            Return the model by posterior, win-rate or estimate (default: the strategy's own)
        weak_orders : int
            K-gram orders 1 .. N, a judge each (default: 10)
        weak_tokens : str
            Words or characters (default: characters)
        weak_smoothing : str
            Witten-bell or additive (default: witten-bell)
        weak_delta : float
            What additive smoothing adds to a count (default: 0.1)
        weak_mean : str
            Mean of the token probabilities: geometric or arithmetic (default: geometric)
        weak_leave_one_out : bool
            Score a response without its own k-grams.
        weak_pooled : bool
            Count k-grams over all queries, not each alone; on one core, about 70 bytes of memory a token.
        weak_draws : float
            Share of a weak judge's pairs that are draws (default: 0.1)
        plot : str
            Draw all candidates with their intervals into this SVG file.
        batch : int
            Calls to ask for at a time (default: m where the strategy asks for whole queries, 16 with candidates that
            answer, else 1)
        judge_url : str
            Of the API with its version (default: as remembered, else OPENAI_BASE_URL)
        judge_model : str
            As the endpoint calls it (default: the last one of the study)
        judge_key_env : str
            Environment variable with the key (default: OPENAI_API_KEY)
        judge_header : Iterable[str]
            Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
        template : str
            File with the prompt, see docs/reference/judge-protocol.md, or "standard" (default: standard)
        reply : str
            How the judge replies: json, an object that the endpoint enforces; line, freely and with a marked last line;
            auto, json if the endpoint takes it (default: auto)
        max_tokens : int
            Of a reply (default: 512)
        judge_temperature : float
            Of the judge (default: 0)
        no_judge_temperature : bool
            Send no temperature, for endpoints that take none.
        prices : str
            JSON file, {"MODEL": {"in": 0.15, "out": 0.6, "unit": "dollars"}}, per million tokens.
        max_cost : float
            Dollars that all runs of this study may spend together, this one and later ones; needs prices.
        no_judge_header : bool
            Go on without the headers of earlier runs.
        order : str
            Which response stands first; both asks twice, and a contradiction is a draw (default: both)
        repeat_by : str
            Allocator (see allocate help) that hands out the repeats of a batch (-j) where verdicts waver, or ""
            (default: each pair has the same)
        repeats : int
            How often a pair is asked, in each order (default: 1)
        retries : int
            Of a request that failed (default: 2)
        dry_run : bool
            Only tell what would be asked, and what it may cost and probably will.
        name : str | None
            Of a judge that is a function: answers are kept under it. A judge that judges otherwise needs another one.
            (default: the function's own)
        must_decide : bool
            Raise `BudgetEnded` if the budget ends before the decision.
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, models=4, queries=40, seed=3)
        >>> report = assay.Study(path).select(budget=10)
        >>> report.calls <= 40, report.best is not None
        (True, True)
        """
        given = dict(locals())
        return self._call("select", given)

    def allocate(
        self,
        judge: str | Callable[[Question], object] | OpenAICompatible | None = None,
        *,
        budget: int,
        oracle: str | None = None,
        timeout: float | None = None,
        allocator: str | None = None,
        seed: int | None = None,
        batch: int | None = None,
        threads: int | None = None,
        judge_url: str | None = None,
        judge_model: str | None = None,
        judge_key_env: str | None = None,
        judge_header: Iterable[str] | None = None,
        template: str | None = None,
        reply: str | None = None,
        max_tokens: int | None = None,
        judge_temperature: float | None = None,
        no_judge_temperature: bool | None = None,
        prices: str | None = None,
        max_cost: float | None = None,
        no_judge_header: bool | None = None,
        retries: int | None = None,
        dry_run: bool | None = None,
        skip_unscored: bool | None = None,
        scale: Iterable[float] | None = None,
        estimate: str | None = None,
        delta: float | None = None,
        name: str | None = None,
        progress: bool | None = None,
    ) -> reports.AllocateReport:
        """Score responses with a noisy judge, where its scores are uncertain.

        Parameters
        ----------
        judge : str | Callable[[Question], object] | OpenAICompatible | None
            Who judges: a function of a `Question`, perhaps async, that returns "win", "draw" or "loss", a score, or
            None for no verdict; an endpoint; or the name of a judge whose judgements the study has.
        budget : int
            Judge calls; those whose scores the study has already count, but cost nothing.
        oracle : str
            Who judges (default: recorded)
        timeout : float
            Seconds without an answer after which a live oracle or a program has failed (default: 60)
        allocator : str
            How to choose what is scored next (default: assay)
        seed : int
            Of what the recorded oracle draws (default: 1)
        batch : int
            Calls to ask for at a time (default: 1)
        threads : int
            Threads for the intervals (default: one per core)
        judge_url : str
            Of the API with its version (default: as remembered, else OPENAI_BASE_URL)
        judge_model : str
            As the endpoint calls it (default: the last one of the study)
        judge_key_env : str
            Environment variable with the key (default: OPENAI_API_KEY)
        judge_header : Iterable[str]
            Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
        template : str
            File with the prompt, see docs/reference/judge-protocol.md, or "standard" (default: standard)
        reply : str
            How the judge replies: json, an object that the endpoint enforces; line, freely and with a marked last line;
            auto, json if the endpoint takes it (default: auto)
        max_tokens : int
            Of a reply (default: 512)
        judge_temperature : float
            Of the judge (default: 0)
        no_judge_temperature : bool
            Send no temperature, for endpoints that take none.
        prices : str
            JSON file, {"MODEL": {"in": 0.15, "out": 0.6, "unit": "dollars"}}, per million tokens.
        max_cost : float
            Dollars that all runs of this study may spend together, this one and later ones; needs prices.
        no_judge_header : bool
            Go on without the headers of earlier runs.
        retries : int
            Of a request that failed (default: 2)
        dry_run : bool
            Only tell what would be asked, and what it may cost and probably will.
        skip_unscored : bool
            Leave out responses to which every recorded call failed.
        scale : Iterable[float]
            Lowest and highest score there is (default: those on record); a score outside is an error.
        estimate : str
            What is taken for the mean of a response: mean, of its scores, or centre, of where it may be (default: the
            allocator's own)
        delta : float
            Robin-hood: chance, by its theory, that one bound of one arm fails (default: 0.007)
        name : str | None
            Of a judge that is a function: answers are kept under it. A judge that judges otherwise needs another one.
            (default: the function's own)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, scores="two-groups", arms=10, seed=3)
        >>> assay.Study(path).allocate(budget=200).calls
        200
        """
        given = dict(locals())
        return self._call("allocate", given)

    def route_fit(
        self,
        *,
        output: str,
        prices: str | None = None,
        risk: float | None = None,
        delta: float | None = None,
        cost_weight: float | None = None,
        threads: int | None = None,
        dimensions: int | None = None,
        vectors: str | None = None,
        embedding_name: str | None = None,
        embedding_model: str | None = None,
        embedding_url: str | None = None,
        embedding_key_env: str | None = None,
        embedding_header: Iterable[str] | None = None,
        embedding_batch: int | None = None,
        embedding_batch_folder: str | None = None,
        embedding_prices: str | None = None,
        models: Iterable[str] | None = None,
        tasks: Iterable[str] | None = None,
        judge: str | None = None,
        right_from: float | None = None,
        progress: bool | None = None,
    ) -> reports.RouteFitReport:
        """Learn a router from a study and write it to a file.

        Parameters
        ----------
        output : str
            Router file to write.
        prices : str
            JSON file of prices of the models, in and out, as for judges (default: what the study knows)
        risk : float
            Points of accuracy that routing may lose against the best single model; a fifth of the queries is held out
            to show it.
        delta : float
            Chance that it loses more all the same (default: 0.05)
        cost_weight : float
            Chance of a right answer that a dollar per million tokens is worth, with which queries will be routed
            (default: 0)
        threads : int
            Threads (default: one per core); the result does not depend on it.
        dimensions : int
            Of the built-in embedding (default: 256)
        vectors : str
            A .npy file instead of the built-in embedding, a row for each query, sorted by the queries' names.
        embedding_name : str
            What made these vectors (default: the file's name)
        embedding_model : str
            Model of an OpenAI-compatible endpoint instead.
        embedding_url : str
            Of the API with its version (default: OPENAI_BASE_URL)
        embedding_key_env : str
            Environment variable with the key (default: OPENAI_API_KEY)
        embedding_header : Iterable[str]
            Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
        embedding_batch : int
            Texts of a request (default: 64)
        embedding_batch_folder : str
            Requests go into batch files there, at half the price, and are read when they were answered.
        embedding_prices : str
            JSON file of prices, as for judges: what the batches are billed by (default: as remembered)
        models : Iterable[str]
            Which models (default: all of which something is known)
        tasks : Iterable[str]
            Which tasks (default: all)
        judge : str
            Whose scores say how right an answer is (default: the labels, or the only judge)
        right_from : float
            Score from which on an answer is right, others are wrong (default: scores from 0 to 1 count as they are)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.
        """
        given = dict(locals())
        return self._call("route fit", given)

    def route_evaluate(
        self,
        *,
        pools: int | None = None,
        pool_size: int | None = None,
        pool_spread: float | None = None,
        pools_by: str | None = None,
        labelled: int | None = None,
        within: float | None = None,
        cost_weight: float | None = None,
        prices: str | None = None,
        each_k: bool | None = None,
        shuffle: bool | None = None,
        seed: int | None = None,
        threads: int | None = None,
        dimensions: int | None = None,
        vectors: str | None = None,
        embedding_name: str | None = None,
        embedding_model: str | None = None,
        embedding_url: str | None = None,
        embedding_key_env: str | None = None,
        embedding_header: Iterable[str] | None = None,
        embedding_batch: int | None = None,
        embedding_batch_folder: str | None = None,
        embedding_prices: str | None = None,
        models: Iterable[str] | None = None,
        tasks: Iterable[str] | None = None,
        judge: str | None = None,
        right_from: float | None = None,
        progress: bool | None = None,
    ) -> reports.RouteEvaluateReport:
        """Leave each task out and tell how well its best model is found.

        Parameters
        ----------
        pools : int
            Random pools of models (default: all models together)
        pool_size : int
            Models of a pool (default: 8)
        pool_spread : float
            Points of accuracy that models of a pool may differ by (default: 10)
        pools_by : str
            Accuracies by which models of a pool are close: on the other tasks (default), or on all, which nobody knows
            beforehand; then pools where little can be gained are dropped.
        labelled : int
            Queries of the left-out task that are labelled (default: 0)
        within : float
            Points that score cheapest may give away (default: 1)
        cost_weight : float
            Accuracy that a dollar per million tokens is worth (default: 0)
        prices : str
            JSON file of prices of the models, in and out, as for judges (default: what the study knows)
        each_k : bool
            S1, s2, s3 with every number of neighbours.
        shuffle : bool
            Deal the vectors out at random: nothing may be gained then.
        seed : int
            Of pools, labelled queries and halves (default: 1)
        threads : int
            Threads (default: one per core); the result does not depend on it.
        dimensions : int
            Of the built-in embedding (default: 256)
        vectors : str
            A .npy file instead of the built-in embedding, a row for each query, sorted by the queries' names.
        embedding_name : str
            What made these vectors (default: the file's name)
        embedding_model : str
            Model of an OpenAI-compatible endpoint instead.
        embedding_url : str
            Of the API with its version (default: OPENAI_BASE_URL)
        embedding_key_env : str
            Environment variable with the key (default: OPENAI_API_KEY)
        embedding_header : Iterable[str]
            Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
        embedding_batch : int
            Texts of a request (default: 64)
        embedding_batch_folder : str
            Requests go into batch files there, at half the price, and are read when they were answered.
        embedding_prices : str
            JSON file of prices, as for judges: what the batches are billed by (default: as remembered)
        models : Iterable[str]
            Which models (default: all of which something is known)
        tasks : Iterable[str]
            Which tasks (default: all)
        judge : str
            Whose scores say how right an answer is (default: the labels, or the only judge)
        right_from : float
            Score from which on an answer is right, others are wrong (default: scores from 0 to 1 count as they are)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.
        """
        given = dict(locals())
        return self._call("route evaluate", given)

    def ensemble_fit(
        self,
        *,
        output: str,
        size: int | None = None,
        budget: float | None = None,
        method: str | None = None,
        decision: str | None = None,
        by_task: bool | None = None,
        sure: float | None = None,
        seed: int | None = None,
        threads: int | None = None,
        models: Iterable[str] | None = None,
        tasks: Iterable[str] | None = None,
        kind: str | None = None,
        progress: bool | None = None,
    ) -> reports.EnsembleFitReport:
        """Write an ensemble that is asked member by member to a file.

        Parameters
        ----------
        output : str
            Ensemble file to write.
        size : int
            Members, k (default: 5)
        budget : float
            Dollars per million tokens that all members may cost together.
        method : str
            How members are chosen (default: assay)
        decision : str
            How votes become an answer, or auto: by cross-validation (default: auto)
        by_task : bool
            An ensemble for each task.
        sure : float
            Asked one after the other, members that are left are not asked where the answer stays what it is with this
            probability (default: 0.93)
        seed : int
            The same seed gives the same result (default: 1)
        threads : int
            Threads (default: one per core); the result does not depend on it.
        models : Iterable[str]
            Models to choose from (default: those run on nine tenths of the queries)
        tasks : Iterable[str]
            Only queries of these tasks.
        kind : str
            Classes: labels mean the same on every query; options: letters of the answers that each query offers
            (default: as the study tells)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.
        """
        given = dict(locals())
        return self._call("ensemble fit", given)

    def ensemble(
        self,
        *,
        size: int | None = None,
        budget: float | None = None,
        method: str | None = None,
        decision: str | None = None,
        compare: Iterable[str] | None = None,
        by_task: bool | None = None,
        sure: float | None = None,
        splits: int | None = None,
        train: int | None = None,
        seed: int | None = None,
        threads: int | None = None,
        plot: str | None = None,
        models: Iterable[str] | None = None,
        tasks: Iterable[str] | None = None,
        kind: str | None = None,
        progress: bool | None = None,
    ) -> reports.EnsembleReport:
        """Choose models whose votes together are right, and tell when more stop helping.

        Parameters
        ----------
        size : int
            Members, k (default: 5)
        budget : float
            Dollars per million tokens that all members may cost together.
        method : str
            How members are chosen (default: assay)
        decision : str
            How votes become an answer, or auto: by cross-validation (default: auto)
        compare : Iterable[str]
            Methods to measure beside it, or all (default: all)
        by_task : bool
            An ensemble for each task; figures are means over the tasks.
        sure : float
            Asked one after the other, members that are left are not asked where the answer stays what it is with this
            probability (default: 0.93)
        splits : int
            Random splits into training and test (default: 20)
        train : int
            Queries for training, of each task with by_task (default: half)
        seed : int
            The same seed gives the same result (default: 1)
        threads : int
            Threads (default: one per core); the result does not depend on it.
        plot : str
            Draw held-out accuracy by size into this SVG file.
        models : Iterable[str]
            Models to choose from (default: those run on nine tenths of the queries)
        tasks : Iterable[str]
            Only queries of these tasks.
        kind : str
            Classes: labels mean the same on every query; options: letters of the answers that each query offers
            (default: as the study tells)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.
        """
        given = dict(locals())
        return self._call("ensemble", given)

    def simulate(
        self,
        *,
        allocators: Iterable[str] | None = None,
        budget: int | None = None,
        seed: int | None = None,
        threads: int | None = None,
        plot: str | None = None,
        plot_within: str | None = None,
        strategies: Iterable[str | type] | None = None,
        assistant_judge: str | None = None,
        realizations: int | None = None,
        pool: int | None = None,
        confidence: float | None = None,
        epsilon: str | float | None = None,
        good_enough: str | float | None = None,
        prefer: str | None = None,
        candidate_prices: str | None = None,
        judge_price: Iterable[float] | None = None,
        batch: int | None = None,
        timeout: float | None = None,
        e_loss: float | None = None,
        e_draw: float | None = None,
        temperature: float | None = None,
        exploration: float | None = None,
        return_: str | None = None,
        weak_orders: int | None = None,
        weak_tokens: str | None = None,
        weak_smoothing: str | None = None,
        weak_delta: float | None = None,
        weak_mean: str | None = None,
        weak_leave_one_out: bool | None = None,
        weak_pooled: bool | None = None,
        weak_draws: float | None = None,
        judge: str | None = None,
        baseline: str | None = None,
        measure: str | None = None,
        score_range: Iterable[float] | None = None,
        lower_is_better: bool | None = None,
        tasks: Iterable[str] | None = None,
        weights: str | None = None,
        average: str | None = None,
        models: Iterable[str] | None = None,
        without_responses: bool | None = None,
        each_judge: bool | None = None,
        runs: int | None = None,
        calls_per_arm: int | None = None,
        at: Iterable[int] | None = None,
        reference: str | None = None,
        estimate: str | None = None,
        delta: float | None = None,
        skip_unscored: bool | None = None,
        scale: Iterable[float] | None = None,
        progress: bool | None = None,
    ) -> reports.SimulateReport:
        """Replay whole experiments on recorded judgements.

        Parameters
        ----------
        allocators : Iterable[str]
            Replay allocators of calls to a noisy judge, not strategies: which, or all.
        budget : int
            Query equivalents, m calls each for m models (default: the pool); of allocators: calls in all.
        seed : int
            The same seed gives the same result (default: 1)
        threads : int
            Threads (default: one per core); the result does not depend on it.
        plot : str
            Draw identification probability, or worst errors, into this SVG file.
        plot_within : str
            Draw how often the returned model is at most so much worse than the best; as of select (default: 0, the best
            itself)
        strategies : Iterable[str | type]
            Which strategies (default: all but programs)
        assistant_judge : str
            A cheaper judge of the study: strategy assay is replayed without and with what it said.
        realizations : int
            Random pools (default: 1000)
        pool : int
            Queries of a pool (default: five eighths of all)
        confidence : float
            Share of realizations that must be within d of the best (default: 0.95)
        epsilon : str | float
            Tolerance that strategies which stop by themselves are told; as of select (default: 0)
        good_enough : str | float
            Find the cheapest model that is at most so much worse than the best, as epsilon.
        prefer : str
            What is less of a model that is good enough: price, latency or size, the last two as imported (default:
            price)
        candidate_prices : str
            Prices of the candidates, a JSON file as of prices (default: as imported); the report compares quality and
            price.
        judge_price : Iterable[float]
            Dollars per million tokens in and out of the judge: with candidate_prices the report tells what runs cost,
            if answers are generated first or when they are judged.
        batch : int
            Calls answered at a time (default: m where the strategy asks for whole queries, else 1)
        timeout : float
            Seconds without an answer after which a live oracle or a program has failed (default: 60)
        e_loss : float
            Llm-selector: chance that the best model loses (default: grid search)
        e_draw : float
            Llm-selector: chance that it draws (default: grid search)
        temperature : float
            Select-llm: temperature of its posterior (default: grid search)
        exploration : float
            Ucb-e: share of the exploration that its theorem allows (default: 0.694444)
        return_ : str
            Return the model by posterior, win-rate or estimate (default: the strategy's own)
        weak_orders : int
            K-gram orders 1 .. N, a judge each (default: 10)
        weak_tokens : str
            Words or characters (default: characters)
        weak_smoothing : str
            Witten-bell or additive (default: witten-bell)
        weak_delta : float
            What additive smoothing adds to a count (default: 0.1)
        weak_mean : str
            Mean of the token probabilities: geometric or arithmetic (default: geometric)
        weak_leave_one_out : bool
            Score a response without its own k-grams.
        weak_pooled : bool
            Count k-grams over all queries, not each alone; on one core, about 70 bytes of memory a token.
        weak_draws : float
            Share of a weak judge's pairs that are draws (default: 0.1)
        judge : str
            Whose recorded judgements; needed if the study has several judges.
        baseline : str
            Model that the others are compared with; needed for scores.
        measure : str
            Win-rate or preference (by degree) against a baseline; score or accuracy, which need none (default: what the
            study has; a live judge compares)
        score_range : Iterable[float]
            Of scores (default: as the import told of the judge, else the lowest and the highest of the study); a live
            judge must be told.
        lower_is_better : bool
            Of scores (default: as the import told of the judge, else higher)
        tasks : Iterable[str]
            Queries of these tasks alone, a name with a comma in double quotes (default: all)
        weights : str
            How much each query counts: name of weights that an import brought, e.g. traffic.
        average : str
            Each query counts the same, or each task as on leaderboards: queries or tasks (default: queries)
        models : Iterable[str]
            Candidates (default: all)
        without_responses : bool
            Keep candidates that have judgements but no responses.
        each_judge : bool
            Every judge that gave scores, and the mean over them.
        runs : int
            Runs of each allocator (default: 50)
        calls_per_arm : int
            The budget, for each response (default: 100)
        at : Iterable[int]
            Calls an arm at which errors are told (default: ten parts of the budget)
        reference : str
            Judge whose mean scores are the yardstick (default: human/CRITERION or human, where there is one)
        estimate : str
            What is taken for the mean of a response: mean, of its scores, or centre, of where it may be (default: the
            allocator's own)
        delta : float
            Robin-hood: chance, by its theory, that one bound of one arm fails (default: 0.007)
        skip_unscored : bool
            Leave out responses to which every recorded call failed.
        scale : Iterable[float]
            Lowest and highest score there is (default: those on record); a score outside is an error.
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, models=4, queries=40, seed=3)
        >>> report = assay.Study(path).simulate(strategies=["assay", "random"], realizations=5, pool=20)
        >>> [one.name for one in report.strategies]
        ['assay', 'random']
        """
        given = dict(locals())
        return self._call("simulate", given)

    def weak_judges(
        self,
        *,
        threads: int | None = None,
        judge: str | None = None,
        baseline: str | None = None,
        measure: str | None = None,
        score_range: Iterable[float] | None = None,
        lower_is_better: bool | None = None,
        tasks: Iterable[str] | None = None,
        weights: str | None = None,
        average: str | None = None,
        models: Iterable[str] | None = None,
        without_responses: bool | None = None,
        weak_orders: int | None = None,
        weak_tokens: str | None = None,
        weak_smoothing: str | None = None,
        weak_delta: float | None = None,
        weak_mean: str | None = None,
        weak_leave_one_out: bool | None = None,
        weak_pooled: bool | None = None,
        weak_draws: float | None = None,
        progress: bool | None = None,
    ) -> reports.WeakJudgesReport:
        """Compute the weak judges of a study and keep them.

        Parameters
        ----------
        threads : int
            Threads (default: one per core)
        judge : str
            Whose recorded judgements; needed if the study has several judges.
        baseline : str
            Model that the others are compared with; needed for scores.
        measure : str
            Win-rate or preference (by degree) against a baseline; score or accuracy, which need none (default: what the
            study has; a live judge compares)
        score_range : Iterable[float]
            Of scores (default: as the import told of the judge, else the lowest and the highest of the study); a live
            judge must be told.
        lower_is_better : bool
            Of scores (default: as the import told of the judge, else higher)
        tasks : Iterable[str]
            Queries of these tasks alone, a name with a comma in double quotes (default: all)
        weights : str
            How much each query counts: name of weights that an import brought, e.g. traffic.
        average : str
            Each query counts the same, or each task as on leaderboards: queries or tasks (default: queries)
        models : Iterable[str]
            Candidates (default: all)
        without_responses : bool
            Keep candidates that have judgements but no responses.
        weak_orders : int
            K-gram orders 1 .. N, a judge each (default: 10)
        weak_tokens : str
            Words or characters (default: characters)
        weak_smoothing : str
            Witten-bell or additive (default: witten-bell)
        weak_delta : float
            What additive smoothing adds to a count (default: 0.1)
        weak_mean : str
            Mean of the token probabilities: geometric or arithmetic (default: geometric)
        weak_leave_one_out : bool
            Score a response without its own k-grams.
        weak_pooled : bool
            Count k-grams over all queries, not each alone; on one core, about 70 bytes of memory a token.
        weak_draws : float
            Share of a weak judge's pairs that are draws (default: 0.1)
        progress : bool | None
            Show progress by tqdm; None: where somebody looks.

        Examples
        --------
        >>> import assay, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
        >>> made = assay.synth(path, models=4, queries=40, seed=3)
        >>> assay.Study(path).weak_judges().queries
        40
        """
        given = dict(locals())
        return self._call("weak-judges", given)


def find(
    prompts: str | os.PathLike | Iterable[str],
    candidates: str | os.PathLike | Mapping | Iterable[str],
    judge: str | Callable[[Question], object] | OpenAICompatible | None = None,
    *,
    output: str | None = None,
    prompt: str | None = None,
    answer_timeout: float | None = None,
    per_month: float | None = None,
    oracle: str | None = None,
    timeout: float | None = None,
    assistant_judge: str | None = None,
    strategy: str | None = None,
    budget: float | None = None,
    calls: int | None = None,
    epsilon: str | float | None = None,
    confidence: float | None = None,
    good_enough: str | float | None = None,
    prefer: str | None = None,
    candidate_prices: str | None = None,
    population: bool | None = None,
    no_baseline: bool | None = None,
    seed: int | None = None,
    threads: int | None = None,
    baseline: str | None = None,
    measure: str | None = None,
    score_range: Iterable[float] | None = None,
    lower_is_better: bool | None = None,
    tasks: Iterable[str] | None = None,
    weights: str | None = None,
    average: str | None = None,
    models: Iterable[str] | None = None,
    without_responses: bool | None = None,
    e_loss: float | None = None,
    e_draw: float | None = None,
    temperature: float | None = None,
    exploration: float | None = None,
    return_: str | None = None,
    weak_orders: int | None = None,
    weak_tokens: str | None = None,
    weak_smoothing: str | None = None,
    weak_delta: float | None = None,
    weak_mean: str | None = None,
    weak_leave_one_out: bool | None = None,
    weak_pooled: bool | None = None,
    weak_draws: float | None = None,
    plot: str | None = None,
    batch: int | None = None,
    judge_url: str | None = None,
    judge_model: str | None = None,
    judge_key_env: str | None = None,
    judge_header: Iterable[str] | None = None,
    template: str | None = None,
    reply: str | None = None,
    max_tokens: int | None = None,
    judge_temperature: float | None = None,
    no_judge_temperature: bool | None = None,
    prices: str | None = None,
    max_cost: float | None = None,
    no_judge_header: bool | None = None,
    order: str | None = None,
    repeat_by: str | None = None,
    repeats: int | None = None,
    retries: int | None = None,
    dry_run: bool | None = None,
    name: str | None = None,
    must_decide: bool = False,
    progress: bool | None = None,
) -> reports.SelectReport:
    """Find the best of models behind endpoints: they answer and are judged as little as is needed.

    Parameters
    ----------
    prompts : str | os.PathLike | Iterable[str]
        Prompts: a file of them (jsonl, csv, txt), or a list.
    candidates : str | os.PathLike | Mapping | Iterable[str]
        The models: a file as docs/reference/candidates.md has it, the same as lists and dicts, or functions from a
        prompt to an answer by name: {"mine": function}. A function may be async.
    judge : str | Callable[[Question], object] | OpenAICompatible | None
        Who judges: a function of a `Question`, perhaps async, that returns "win", "draw" or "loss", a score, or
        None for no verdict; an endpoint; or the name of a judge whose judgements the study has.
    output : str
        Study file that keeps all that is paid for (default: called after the prompts)
    prompt : str
        The prompt of each row, made of its columns: 'Translate into {language}: {text}'.
    answer_timeout : float
        Seconds for one answer (default: 120)
    per_month : float
        Tell what each candidate would cost for so many prompts a month.
    oracle : str
        Who judges (default: llm)
    timeout : float
        Seconds without an answer after which a live oracle or a program has failed (default: 60)
    assistant_judge : str
        A cheaper judge that the study has: what it said helps to choose what is judged next, and counts for nothing
        else.
    strategy : str
        How to choose what is judged next (default: assay)
    budget : float
        Query equivalents to judge, m calls each for m models; fractions are allowed (default: all queries). If it
        ends before the decision is made, `decided` of the report's `stop` is false.
    calls : int
        The budget in calls, of a (query, model) pair each, in place of budget.
    epsilon : str | float
        Find a model that is at most so much worse than the best: 2.5% or 0.025 of win rates and accuracies; of
        scores in their own units, or percent of their scale (default: 0)
    confidence : float
        Stop when sure with this probability (default: 95%)
    good_enough : str | float
        Find the cheapest model that is at most so much worse than the best, as epsilon.
    prefer : str
        What is less of a model that is good enough: price, latency or size, the last two as imported (default:
        price)
    candidate_prices : str
        Prices of the candidates, a JSON file as of prices (default: as imported); the report compares quality and
        price.
    population : bool
        Be sure about all prompts like these, not about these alone: takes more calls.
    no_baseline : bool
        The baseline is a fixed reference that can't be chosen.
    seed : int
        Order of the queries, and ties (default: 1)
    threads : int
        Threads (default: one per core)
    baseline : str
        Model that the others are compared with; needed for scores.
    measure : str
        Win-rate or preference (by degree) against a baseline; score or accuracy, which need none (default: what the
        study has; a live judge compares)
    score_range : Iterable[float]
        Of scores (default: as the import told of the judge, else the lowest and the highest of the study); a live
        judge must be told.
    lower_is_better : bool
        Of scores (default: as the import told of the judge, else higher)
    tasks : Iterable[str]
        Queries of these tasks alone, a name with a comma in double quotes (default: all)
    weights : str
        How much each query counts: name of weights that an import brought, e.g. traffic.
    average : str
        Each query counts the same, or each task as on leaderboards: queries or tasks (default: queries)
    models : Iterable[str]
        Candidates (default: all)
    without_responses : bool
        Keep candidates that have judgements but no responses.
    e_loss : float
        Llm-selector: chance that the best model loses (default: grid search)
    e_draw : float
        Llm-selector: chance that it draws (default: grid search)
    temperature : float
        Select-llm: temperature of its posterior (default: grid search)
    exploration : float
        Ucb-e: share of the exploration that its theorem allows (default: 0.694444)
    return_ : str
        Return the model by posterior, win-rate or estimate (default: the strategy's own)
    weak_orders : int
        K-gram orders 1 .. N, a judge each (default: 10)
    weak_tokens : str
        Words or characters (default: characters)
    weak_smoothing : str
        Witten-bell or additive (default: witten-bell)
    weak_delta : float
        What additive smoothing adds to a count (default: 0.1)
    weak_mean : str
        Mean of the token probabilities: geometric or arithmetic (default: geometric)
    weak_leave_one_out : bool
        Score a response without its own k-grams.
    weak_pooled : bool
        Count k-grams over all queries, not each alone; on one core, about 70 bytes of memory a token.
    weak_draws : float
        Share of a weak judge's pairs that are draws (default: 0.1)
    plot : str
        Draw all candidates with their intervals into this SVG file.
    batch : int
        Calls to ask for at a time (default: m where the strategy asks for whole queries, 16 with candidates that
        answer, else 1)
    judge_url : str
        Of the API with its version (default: as remembered, else OPENAI_BASE_URL)
    judge_model : str
        As the endpoint calls it (default: the last one of the study)
    judge_key_env : str
        Environment variable with the key (default: OPENAI_API_KEY)
    judge_header : Iterable[str]
        Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
    template : str
        File with the prompt, see docs/reference/judge-protocol.md, or "standard" (default: standard)
    reply : str
        How the judge replies: json, an object that the endpoint enforces; line, freely and with a marked last line;
        auto, json if the endpoint takes it (default: auto)
    max_tokens : int
        Of a reply (default: 512)
    judge_temperature : float
        Of the judge (default: 0)
    no_judge_temperature : bool
        Send no temperature, for endpoints that take none.
    prices : str
        JSON file, {"MODEL": {"in": 0.15, "out": 0.6, "unit": "dollars"}}, per million tokens.
    max_cost : float
        Dollars that all runs of this study may spend together, this one and later ones; needs prices.
    no_judge_header : bool
        Go on without the headers of earlier runs.
    order : str
        Which response stands first; both asks twice, and a contradiction is a draw (default: both)
    repeat_by : str
        Allocator (see allocate help) that hands out the repeats of a batch (-j) where verdicts waver, or ""
        (default: each pair has the same)
    repeats : int
        How often a pair is asked, in each order (default: 1)
    retries : int
        Of a request that failed (default: 2)
    dry_run : bool
        Only tell what would be asked, and what it may cost and probably will.
    name : str | None
        Of a judge that is a function: answers are kept under it. A judge that judges otherwise needs another one.
        (default: the function's own)
    must_decide : bool
        Raise `BudgetEnded` if the budget ends before the decision.
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.
    """
    given = dict(locals())
    return _call("find", given)


def route_update(
    router: str | os.PathLike,
    outcomes: str | os.PathLike | Iterable[Mapping],
    *,
    output: str | None = None,
    half_life: float | None = None,
    drop_guard: bool | None = None,
    threads: int | None = None,
    vectors: str | None = None,
    embedding_name: str | None = None,
    embedding_model: str | None = None,
    embedding_url: str | None = None,
    embedding_key_env: str | None = None,
    embedding_header: Iterable[str] | None = None,
    embedding_batch: int | None = None,
    progress: bool | None = None,
) -> reports.RouteUpdateReport:
    """Add outcomes, models and queries to a router without fitting it anew.

    Parameters
    ----------
    router : str | os.PathLike
        Router file.
    outcomes : str | os.PathLike | Iterable[Mapping]
        What became of answers: a file, or dicts with `model`, `right`, and `prompt` or `vector`.
    output : str
        Router file to write (default: in place of ROUTER)
    half_life : float
        Days after which half of the outcomes are forgotten; by "time", Unix seconds.
    drop_guard : bool
        Route without the guard that the router had; else a router with a guard no longer routes, as it was shown of
        the router before.
    threads : int
        Threads (default: one per core); the result does not depend on it.
    vectors : str
        A .npy file instead of the built-in embedding, a row for each prompt that differs, in the order of the
        lines.
    embedding_name : str
        What made these vectors (default: the file's name)
    embedding_model : str
        Model of an OpenAI-compatible endpoint instead.
    embedding_url : str
        Of the API with its version (default: OPENAI_BASE_URL)
    embedding_key_env : str
        Environment variable with the key (default: OPENAI_API_KEY)
    embedding_header : Iterable[str]
        Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
    embedding_batch : int
        Texts of a request (default: 64)
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.
    """
    given = dict(locals())
    return _call("route update", given)


def route_info(
    router: str | os.PathLike,
    *,
    progress: bool | None = None,
) -> reports.RouteInfoReport:
    """Tell what a router holds: models, accuracies, prices, guard.

    Parameters
    ----------
    router : str | os.PathLike
        Router file.
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.
    """
    given = dict(locals())
    return _call("route info", given)


def route_task(
    router: str | os.PathLike,
    queries: str | os.PathLike | Iterable[Mapping],
    *,
    score: str | None = None,
    within: float | None = None,
    seed: int | None = None,
    models: Iterable[str] | None = None,
    threads: int | None = None,
    vectors: str | None = None,
    embedding_name: str | None = None,
    embedding_model: str | None = None,
    embedding_url: str | None = None,
    embedding_key_env: str | None = None,
    embedding_header: Iterable[str] | None = None,
    embedding_batch: int | None = None,
    progress: bool | None = None,
) -> reports.RouteTaskReport:
    """Rank models for a new task of which the queries are known.

    Parameters
    ----------
    router : str | os.PathLike
        Router file.
    queries : str | os.PathLike | Iterable[Mapping]
        Queries of the new task: a file, or dicts with `prompt` and, where known, `right`.
    score : str
        How models are ranked (default: assay)
    within : float
        Points that score cheapest may give away (default: 1)
    seed : int
        Of score random (default: 1)
    models : Iterable[str]
        Which models may be chosen (default: all that the router knows)
    threads : int
        Threads (default: one per core); the result does not depend on it.
    vectors : str
        A .npy file instead of the built-in embedding, a row for each query.
    embedding_name : str
        What made these vectors (default: the file's name)
    embedding_model : str
        Model of an OpenAI-compatible endpoint instead.
    embedding_url : str
        Of the API with its version (default: OPENAI_BASE_URL)
    embedding_key_env : str
        Environment variable with the key (default: OPENAI_API_KEY)
    embedding_header : Iterable[str]
        Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
    embedding_batch : int
        Texts of a request (default: 64)
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.
    """
    given = dict(locals())
    return _call("route task", given)


def route_query(
    router: str | os.PathLike,
    *,
    prompt: Iterable[str],
    cost_weight: float | None = None,
    models: Iterable[str] | None = None,
    threads: int | None = None,
    vectors: str | None = None,
    embedding_name: str | None = None,
    embedding_model: str | None = None,
    embedding_url: str | None = None,
    embedding_key_env: str | None = None,
    embedding_header: Iterable[str] | None = None,
    embedding_batch: int | None = None,
    progress: bool | None = None,
) -> reports.RouteQueryReport:
    """Tell which model to ask for a prompt.

    Parameters
    ----------
    router : str | os.PathLike
        Router file.
    prompt : Iterable[str]
        The prompts, in order; a single text is one of them.
    cost_weight : float
        Chance of a right answer that a dollar per million tokens is worth (default: the guard's, else 0)
    models : Iterable[str]
        Which models may be chosen (default: all that the router knows)
    threads : int
        Threads (default: one per core); the result does not depend on it.
    vectors : str
        A .npy file instead of the built-in embedding, a row for each query.
    embedding_name : str
        What made these vectors (default: the file's name)
    embedding_model : str
        Model of an OpenAI-compatible endpoint instead.
    embedding_url : str
        Of the API with its version (default: OPENAI_BASE_URL)
    embedding_key_env : str
        Environment variable with the key (default: OPENAI_API_KEY)
    embedding_header : Iterable[str]
        Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
    embedding_batch : int
        Texts of a request (default: 64)
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.
    """
    given = dict(locals())
    return _call("route query", given)


def report(
    inputs: str | os.PathLike | Iterable[str | os.PathLike],
    *,
    output: str | None = None,
    max_size: float | None = None,
    fail_below: str | None = None,
    model: str | None = None,
    expect_best: str | None = None,
    junit: str | None = None,
    oracle: str | None = None,
    assistant_judge: str | None = None,
    strategy: str | None = None,
    budget: float | None = None,
    calls: int | None = None,
    epsilon: str | float | None = None,
    confidence: float | None = None,
    good_enough: str | float | None = None,
    prefer: str | None = None,
    candidate_prices: str | None = None,
    population: bool | None = None,
    no_baseline: bool | None = None,
    seed: int | None = None,
    threads: int | None = None,
    judge: str | None = None,
    baseline: str | None = None,
    measure: str | None = None,
    score_range: Iterable[float] | None = None,
    lower_is_better: bool | None = None,
    tasks: Iterable[str] | None = None,
    weights: str | None = None,
    average: str | None = None,
    models: Iterable[str] | None = None,
    without_responses: bool | None = None,
    e_loss: float | None = None,
    e_draw: float | None = None,
    temperature: float | None = None,
    exploration: float | None = None,
    return_: str | None = None,
    weak_orders: int | None = None,
    weak_tokens: str | None = None,
    weak_smoothing: str | None = None,
    weak_delta: float | None = None,
    weak_mean: str | None = None,
    weak_leave_one_out: bool | None = None,
    weak_pooled: bool | None = None,
    weak_draws: float | None = None,
    progress: bool | None = None,
) -> reports.PageReport:
    """Show what was found as a page in one file, and check it in continuous integration.

    Parameters
    ----------
    inputs : str | os.PathLike | Iterable[str | os.PathLike]
        Studies, whose selection is done again without asking anybody, and files of what verbs found, as JSON.
    output : str
        HTML file to write; - is standard output.
    max_size : float
        How large the page may be, in megabytes: it has as many texts of the judged answers as fit; 0: none
        (default: 1.5)
    fail_below : str
        Fail if the rate of model is lower, by all of its 95 % interval: 0.55 or 55% of win rates and accuracies; of
        scores in their own units, or percent of their scale. If only a part of the interval is lower, the exit
        status is 3.
    model : str
        Whose rate (default: that of the model that is found)
    expect_best : str
        Fail if another model is found, or this one can't be the best any more. If that is not decided, the exit
        status is 3.
    junit : str
        Write what was checked into this XML file, as JUnit does.
    oracle : str
        Recorded: the study's own judgements; kept: the answers of a live judge that it has; people: what people
        said, together (default: recorded, if there are any of judge, else kept)
    assistant_judge : str
        A cheaper judge that the study has: what it said helps to choose what is judged next, and counts for nothing
        else.
    strategy : str
        How to choose what is judged next (default: assay)
    budget : float
        Query equivalents to judge, m calls each for m models; fractions are allowed (default: all queries). If it
        ends before the decision is made, `decided` of the report's `stop` is false.
    calls : int
        The budget in calls, of a (query, model) pair each, in place of budget.
    epsilon : str | float
        Find a model that is at most so much worse than the best: 2.5% or 0.025 of win rates and accuracies; of
        scores in their own units, or percent of their scale (default: 0)
    confidence : float
        Stop when sure with this probability (default: 95%)
    good_enough : str | float
        Find the cheapest model that is at most so much worse than the best, as epsilon.
    prefer : str
        What is less of a model that is good enough: price, latency or size, the last two as imported (default:
        price)
    candidate_prices : str
        Prices of the candidates, a JSON file as of prices (default: as imported); the report compares quality and
        price.
    population : bool
        Be sure about all prompts like these, not about these alone: takes more calls.
    no_baseline : bool
        The baseline is a fixed reference that can't be chosen.
    seed : int
        Order of the queries, and ties (default: 1)
    threads : int
        Threads (default: one per core)
    judge : str
        Whose recorded judgements; needed if the study has several judges.
    baseline : str
        Model that the others are compared with; needed for scores.
    measure : str
        Win-rate or preference (by degree) against a baseline; score or accuracy, which need none (default: what the
        study has; a live judge compares)
    score_range : Iterable[float]
        Of scores (default: as the import told of the judge, else the lowest and the highest of the study); a live
        judge must be told.
    lower_is_better : bool
        Of scores (default: as the import told of the judge, else higher)
    tasks : Iterable[str]
        Queries of these tasks alone, a name with a comma in double quotes (default: all)
    weights : str
        How much each query counts: name of weights that an import brought, e.g. traffic.
    average : str
        Each query counts the same, or each task as on leaderboards: queries or tasks (default: queries)
    models : Iterable[str]
        Candidates (default: all)
    without_responses : bool
        Keep candidates that have judgements but no responses.
    e_loss : float
        Llm-selector: chance that the best model loses (default: grid search)
    e_draw : float
        Llm-selector: chance that it draws (default: grid search)
    temperature : float
        Select-llm: temperature of its posterior (default: grid search)
    exploration : float
        Ucb-e: share of the exploration that its theorem allows (default: 0.694444)
    return_ : str
        Return the model by posterior, win-rate or estimate (default: the strategy's own)
    weak_orders : int
        K-gram orders 1 .. N, a judge each (default: 10)
    weak_tokens : str
        Words or characters (default: characters)
    weak_smoothing : str
        Witten-bell or additive (default: witten-bell)
    weak_delta : float
        What additive smoothing adds to a count (default: 0.1)
    weak_mean : str
        Mean of the token probabilities: geometric or arithmetic (default: geometric)
    weak_leave_one_out : bool
        Score a response without its own k-grams.
    weak_pooled : bool
        Count k-grams over all queries, not each alone; on one core, about 70 bytes of memory a token.
    weak_draws : float
        Share of a weak judge's pairs that are draws (default: 0.1)
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.

    Examples
    --------
    >>> import assay, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
    >>> made = assay.synth(path, models=4, queries=40, seed=3)
    >>> page = assay.report(path, fail_below=0.01)
    >>> page.documents[0].kind, page.checks[0].outcome
    ('select', 'passed')
    """
    given = dict(locals())
    return _call("report", given)


def doctor(
    *,
    judge_url: str | None = None,
    judge_model: str | None = None,
    judge_key_env: str | None = None,
    judge_header: Iterable[str] | None = None,
    template: str | None = None,
    reply: str | None = None,
    max_tokens: int | None = None,
    judge_temperature: float | None = None,
    no_judge_temperature: bool | None = None,
    prices: str | None = None,
    max_cost: float | None = None,
    timeout: float | None = None,
    progress: bool | None = None,
) -> reports.DoctorReport:
    """Ask an LLM judge a handful of harmless questions, and tell what it can do.

    Parameters
    ----------
    judge_url : str
        Of the API with its version (default: OPENAI_BASE_URL)
    judge_model : str
        As the endpoint calls it.
    judge_key_env : str
        Environment variable with the key (default: OPENAI_API_KEY)
    judge_header : Iterable[str]
        Header of each request, for instance 'X-Title: my tests'; may come several times, never kept.
    template : str
        File with the prompt, see docs/reference/judge-protocol.md, or "standard" (default: standard)
    reply : str
        How the judge replies: json, an object that the endpoint enforces; line, freely and with a marked last line;
        auto, json if the endpoint takes it (default: auto)
    max_tokens : int
        Of a reply (default: 512)
    judge_temperature : float
        Of the judge (default: 0)
    no_judge_temperature : bool
        Send no temperature, for endpoints that take none.
    prices : str
        JSON file, {"MODEL": {"in": 0.15, "out": 0.6, "unit": "dollars"}}, per million tokens.
    max_cost : float
        Dollars that the requests may cost together; needs prices.
    timeout : float
        Seconds without an answer after which a live oracle or a program has failed (default: 60)
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.
    """
    given = dict(locals())
    return _call("doctor", given)


def synth(
    path: str | os.PathLike,
    *,
    scores: str | None = None,
    models: int | None = None,
    queries: int | None = None,
    spread: float | None = None,
    arms: int | None = None,
    repeats: int | None = None,
    seed: int | None = None,
    progress: bool | None = None,
) -> reports.SynthReport:
    """Make a study of synthetic models with known win rates.

    Parameters
    ----------
    path : str | os.PathLike
        Study file to make.
    scores : str
        Instead of models to compare: arms with repeated scores, their variances of a family below.
    models : int
        Models besides the baseline (default: 20)
    queries : int
        Queries (default: 300)
    spread : float
        Standard deviation of the models' abilities (default: 0.5)
    arms : int
        Responses to score (default: 1000)
    repeats : int
        Scores of each, an even number (default: 20)
    seed : int
        The same seed gives the same study (default: 1)
    progress : bool | None
        Show progress by tqdm; None: where somebody looks.

    Examples
    --------
    >>> import assay, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "demo.assay")
    >>> assay.synth(path, models=4, queries=40, seed=3).queries
    40
    """
    given = dict(locals())
    return _call("synth", given)
