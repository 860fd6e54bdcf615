#pragma once

#include <cstdint>

// What the Python package calls (python/assay/_bridge.py). Private to it: not an interface for others, and changed
// without notice.
//
// Functions that can fail return 0, or -1 if they did; then assay_failure tells why. Pointers to objects come from
// a function *_new or *_start and go back to *_free. Texts are UTF-8 and end with a zero byte. What is returned as
// a text or array belongs to the object and stands until its next call.

#define ASSAY_BRIDGE extern "C" __attribute__((visibility("default")))

/// Kinds of failures, as python/assay/errors.py has them.
enum AssayFailure : int {
  assay_failure_none = 0,
  assay_failure_argument = 1,
  assay_failure_data = 2,
  assay_failure_oracle = 3,
  assay_failure_other = 4,
  assay_failure_cancelled = 5,
  assay_failure_memory = 6,
};

/// Why the last function of this thread that failed did so: returns its kind, and the message.
ASSAY_BRIDGE int assay_failure(const char** message);
ASSAY_BRIDGE const char* assay_version();
/// The command `assay`; returns the exit status.
ASSAY_BRIDGE int assay_main(int argc, char** argv);

// --- verbs: what the command does, in a thread of its own (job.cpp) ---

struct AssayJob;
/// All verbs and their options as JSON.
ASSAY_BRIDGE const char* assay_verbs();
/// Begins a verb. `arguments`: a JSON list of the command's arguments, without its name. Programs whose first word
/// is "python-function" are the caller's.
ASSAY_BRIDGE AssayJob* assay_job_start(const char* arguments);
/// The next event as JSON, or nullptr if none came within so many milliseconds. The last one is "done" or "failed".
ASSAY_BRIDGE const char* assay_job_wait(AssayJob* job, int64_t milliseconds);
/// Lines that one of the caller's programs says; each ends with a line end.
ASSAY_BRIDGE void assay_job_say(AssayJob* job, int64_t program, const char* lines);
/// The work is to end as soon as it can.
ASSAY_BRIDGE void assay_job_cancel(AssayJob* job);
/// Cancels it, waits for its end, and frees it.
ASSAY_BRIDGE void assay_job_free(AssayJob* job);

// --- ask and tell: which model is best (select_run.cpp) ---

struct AssaySelect;
/// Arrays of a selection; nullptr where there is none.
struct AssaySelectArrays {
  const float* features;         ///< n x m x k
  int64_t features_each;         ///< k
  const double* weights;         ///< n
  const double* prices;          ///< m
  const double* hints;           ///< n x m: what a cheaper judge says; NaN: nothing
  const char* const* responses;  ///< n x (m + 1), the last column is the baseline's; nullptr: missing
  const int64_t* known_calls;    ///< known x 2: query, model
  const double* known_rewards;   ///< known
  int64_t known;
};
/// `setup`: JSON, see select_run.cpp.
ASSAY_BRIDGE AssaySelect* assay_select_new(const char* setup, const AssaySelectArrays* arrays);
ASSAY_BRIDGE void assay_select_free(AssaySelect* run);
/// Fills `calls`, at most x 2: query, model. Returns how many, or -1.
ASSAY_BRIDGE int64_t assay_select_ask(AssaySelect* run, int64_t most, int64_t* calls);
ASSAY_BRIDGE int assay_select_tell(AssaySelect* run, const int64_t* calls, const double* rewards, int64_t count);
/// Where a selection stands.
struct AssaySelectState {
  int64_t done;       ///< 1: decided, or the budget is spent, or there is nothing left to ask.
  int64_t decided;    ///< 1: the goal is reached.
  int64_t best;       ///< A model; m: the baseline; -1: nothing is known.
  int64_t calls;      ///< Answered, without those known before.
  int64_t budget;     ///< In calls.
  int64_t waiting;    ///< Calls without an answer yet.
  int64_t to_decide;  ///< Calls that it probably still takes; -1: of a strategy that does not stop.
  double risk;        ///< NaN likewise, as the next.
  double population_risk;
};
/// `forecast`: whether population_risk and to_decide are wanted, which take O(m) steps and more.
ASSAY_BRIDGE int assay_select_state(AssaySelect* run, int forecast, AssaySelectState* state);
/// Each m, and one more where there is a baseline: what is expected over all queries, its 95 % interval, the
/// probability of being best, and whether it may be.
ASSAY_BRIDGE int assay_select_estimates(AssaySelect* run, double* means, double* low, double* high,
                                        double* probability, uint8_t* possible);
/// All strategies as JSON: names, help, parameters, whether they stop.
ASSAY_BRIDGE const char* assay_strategies();

// --- ask and tell: how good each answer is (allocate_run.cpp) ---

struct AssayAllocate;
/// `setup`: JSON, see allocate_run.cpp; `variances`: one for each arm, or nullptr.
ASSAY_BRIDGE AssayAllocate* assay_allocate_new(const char* setup, const double* variances);
ASSAY_BRIDGE void assay_allocate_free(AssayAllocate* run);
/// Fills `arms`, at most `most`. Returns how many, or -1.
ASSAY_BRIDGE int64_t assay_allocate_ask(AssayAllocate* run, int64_t most, int64_t* arms);
ASSAY_BRIDGE int assay_allocate_tell(AssayAllocate* run, const int64_t* arms, const double* scores, int64_t count);
/// Where an allocation stands.
struct AssayAllocateState {
  int64_t done;
  int64_t calls;    ///< Answered.
  int64_t waiting;  ///< Calls without an answer yet.
  double worst_error_bound;
  double worst_error_likely;
};
/// `worst`: whether the two errors are wanted, which take O(K log K).
ASSAY_BRIDGE int assay_allocate_state(AssayAllocate* run, int worst, AssayAllocateState* state);
/// Each K: the estimate, its 95 % interval, answered calls, failed ones.
ASSAY_BRIDGE int assay_allocate_estimates(AssayAllocate* run, double* estimates, double* low, double* high,
                                          int64_t* calls, int64_t* failed);

// --- arrays of studies (tables.cpp) ---

/// Columns of texts or numbers, perhaps of different lengths, and what is to be said of them. It never changes, and
/// its memory stays as long as an Arrow consumer has some of it.
struct AssayTable;
/// What imports brought of one kind: queries, models, judges, responses, labels, verdicts or scores.
ASSAY_BRIDGE AssayTable* assay_table_of_records(const char* study, const char* kind);
/// Names, sorted, of models, queries or judges: one column.
ASSAY_BRIDGE AssayTable* assay_table_of_names(const char* study, const char* kind);
/// store::Study::comparison, benchmark and labelling. `choice`: JSON, see tables.cpp.
ASSAY_BRIDGE AssayTable* assay_table_of_comparison(const char* study, const char* choice);
ASSAY_BRIDGE AssayTable* assay_table_of_correctness(const char* study, const char* choice);
ASSAY_BRIDGE AssayTable* assay_table_of_labels(const char* study, const char* choice);
/// Texts of n x (m + 1) responses, the last column is the baseline's. `choice`: JSON with queries, models,
/// baseline.
ASSAY_BRIDGE AssayTable* assay_table_of_responses(const char* study, const char* choice);
/// Prompts of queries. `choice`: a JSON list of names.
ASSAY_BRIDGE AssayTable* assay_table_of_prompts(const char* study, const char* choice);
ASSAY_BRIDGE void assay_table_free(AssayTable* table);
/// JSON: columns (name, kind: text, int64, float64 or bool), and what else there is to say.
ASSAY_BRIDGE const char* assay_table_about(AssayTable* table);
struct AssayColumn {
  const void* values;      ///< Numbers; the bytes of texts; a bit for each bool, the lowest first.
  const int64_t* offsets;  ///< rows + 1, where each text begins and ends in the bytes; nullptr unless texts.
  const uint8_t* valid;    ///< A bit for each row, the lowest first: 0 where there is none. nullptr: all are there.
  int64_t rows;
  int64_t nulls;
};
ASSAY_BRIDGE void assay_table_column(AssayTable* table, int64_t column, AssayColumn* result);
/// Tables whose memory is still held.
ASSAY_BRIDGE int64_t assay_tables_alive();
/// An ArrowSchema or ArrowArrayStream of the Arrow C data interface, to put into a capsule.
ASSAY_BRIDGE void* assay_arrow_schema_new(AssayTable* table);
ASSAY_BRIDGE void* assay_arrow_stream_new(AssayTable* table);
/// Those of Python that tell the name of a capsule, and the pointer in one of that name.
ASSAY_BRIDGE void assay_arrow_capsules(const char* (*name)(void*), void* (*pointer)(void*, const char*));
/// Destructors of capsules: release what nobody consumed. Called by Python alone.
ASSAY_BRIDGE void assay_arrow_schema_end(void* capsule);
ASSAY_BRIDGE void assay_arrow_stream_end(void* capsule);

// --- models that answer together (ensemble.cpp) ---

struct AssayEnsemble;
/// Labels: 0 is no answer, 1 .. L are the labels.
struct AssayEnsembleArrays {
  const uint16_t* predictions;  ///< m x n
  const uint16_t* truths;       ///< n
  const uint16_t* offered;      ///< n; nullptr: all labels everywhere
  const int64_t* prices;        ///< m, micro-dollars per million tokens; nullptr without a budget
  int64_t queries;              ///< n
  int64_t models;               ///< m
  int64_t labels;               ///< L
};
/// `setup`: JSON, see ensemble.cpp. The arrays are copied.
ASSAY_BRIDGE AssayEnsemble* assay_ensemble_new(const char* setup, const AssayEnsembleArrays* arrays);
ASSAY_BRIDGE void assay_ensemble_free(AssayEnsemble* ensemble);
/// JSON: members, the first to take first, and decision.
ASSAY_BRIDGE const char* assay_ensemble_about(AssayEnsemble* ensemble);
/// Answers of the members' votes, `count` x k. Fills `answers` and `probabilities`, count x L.
ASSAY_BRIDGE int assay_ensemble_predict(AssayEnsemble* ensemble, const uint16_t* votes, const uint16_t* offered,
                                        int64_t count, int64_t threads, uint16_t* answers, double* probabilities);
/// Methods and decisions as JSON: names and help.
ASSAY_BRIDGE const char* assay_ensembles();

// --- which model for which prompt (route.cpp) ---

struct AssayRouter;
/// Prompts: texts, one after the other, or vectors.
struct AssayPrompts {
  const char* texts;       ///< nullptr: vectors
  const int64_t* offsets;  ///< count + 1: where each text begins and ends
  const float* vectors;    ///< count x d
  int64_t dimensions;      ///< d
  int64_t count;
};
struct AssayRouterArrays {
  AssayPrompts prompts;
  const uint8_t* cells;       ///< n x m: from 0 (wrong) to 200 (right), 255 unknown
  const uint32_t* task;       ///< n
  const uint32_t* same_text;  ///< n
  const double* costs;        ///< m, dollars per million tokens; NaN: unknown
  const double* parameters;   ///< m, likewise
};
/// Learns a router and writes its file. `setup`: JSON, see route.cpp.
ASSAY_BRIDGE int assay_router_fit(const char* setup, const AssayRouterArrays* arrays);
/// A router file, which is not looked for again: it may be removed.
ASSAY_BRIDGE AssayRouter* assay_router_load(const char* path);
ASSAY_BRIDGE void assay_router_free(AssayRouter* router);
/// Writes the file again, the same bytes.
ASSAY_BRIDGE int assay_router_save(AssayRouter* router, const char* path);
/// JSON: models, tasks, embedding, dimensions (of its vectors), accuracy, costs, ...
ASSAY_BRIDGE const char* assay_router_about(AssayRouter* router);
/// Fills `chances`, count x m, and `chosen`, count: a model of the candidates (positions, ascending).
ASSAY_BRIDGE int assay_router_query(AssayRouter* router, const AssayPrompts* prompts, const int64_t* candidates,
                                    int64_t candidates_count, double cost_weight, int64_t threads, double* chances,
                                    int64_t* chosen);
/// A ranking of the candidates for a task.
struct AssayTaskRanking {
  int64_t chosen;     ///< A model.
  int64_t abstained;  ///< 1: nothing is better than the best on average beyond the noise.
  int64_t labelled;   ///< Queries of which something is known.
  int64_t has_intervals;
  double distance;  ///< Mean distance of the queries to their 20 nearest of the benchmark.
};
/// `right`: count x m as AssayRouterArrays::cells, or nullptr. Fills `values`, `low` and `high`, one for each
/// candidate. `setup`: JSON, see route.cpp.
ASSAY_BRIDGE int assay_router_task(AssayRouter* router, const char* setup, const AssayPrompts* prompts,
                                   const uint8_t* right, const int64_t* candidates, int64_t candidates_count,
                                   AssayTaskRanking* ranking, double* values, double* low, double* high);
/// Rules that rank models for a task as JSON: names and help.
ASSAY_BRIDGE const char* assay_routing_rules();

// --- shards of responses: what can be made of some queries without the others (shards.cpp) ---

/// Texts, one behind the other.
struct AssayTexts {
  const char* bytes;       ///< UTF-8
  const int64_t* offsets;  ///< count + 1: text i is bytes[offsets[i]] .. bytes[offsets[i + 1] - 1].
  const uint8_t* missing;  ///< count; 1: there is none.
  int64_t count;
};
/// `responses`: n x m, `baselines`: n. Fills features, n x m x 3, unscaled, and known, n x m.
ASSAY_BRIDGE int assay_shard_features(const AssayTexts* responses, const AssayTexts* baselines, float* features,
                                      uint8_t* known);
/// `options`: JSON, see shards.cpp. Fills ratios, z x n x m for z judges: logarithms; NaN: none.
ASSAY_BRIDGE int assay_shard_ratios(const AssayTexts* responses, const AssayTexts* baselines, const char* options,
                                    float* ratios);
/// Sizes of what an embedding learns: buckets, and rows of the projection.
ASSAY_BRIDGE void assay_embedding_sizes(int64_t* buckets, int64_t* rows);
/// Learns an embedding: fills weights (buckets) and projection (rows x dimensions).
ASSAY_BRIDGE int assay_embedding_fit(const AssayTexts* corpus, int64_t dimensions, int64_t threads, float* weights,
                                     float* projection);
/// Fills vectors, count x dimensions, by what was learnt.
ASSAY_BRIDGE int assay_embed(const AssayTexts* texts, int64_t dimensions, const float* weights,
                             const float* projection, float* vectors);
