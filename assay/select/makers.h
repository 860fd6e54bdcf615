#pragma once

#include <memory>

#include "assay/select/strategy.h"

namespace assay::select {

// Makers of the strategies, one .cpp each, in the order of the table in strategies.cpp.
std::unique_ptr<Strategy> make_assay(const Problem& problem, const ParameterValues& parameters);
/// Of a goal with `good_enough`; what strategy `assay` is then.
std::unique_ptr<Strategy> make_good_enough(const Problem& problem);
std::unique_ptr<Strategy> make_random(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_bradley_terry(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_most_draws(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_uncertainty(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_confidence(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_llm_selector(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_select_llm(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_sysrs(const Problem& problem, const ParameterValues& parameters);
std::unique_ptr<Strategy> make_ucb_e(const Problem& problem, const ParameterValues& parameters);

}  // namespace assay::select
