#pragma once

#include <cstddef>
#include <cstdint>

// Numbers of models, queries and arms, each of a type of its own. An example of use:
//
//   const ModelId model = model_id(2);
//   const std::size_t place = index(model);  // 2

#pragma GCC visibility push(default)

namespace assay {

/// Position of a model among the m candidates, 0-based. An enum class: a model can't be passed for a query.
enum class ModelId : std::uint32_t {};
/// Position of a query among the n queries, 0-based.
enum class QueryId : std::uint32_t {};
/// Position of an arm, a response whose mean score is wanted, among the K arms, 0-based.
enum class ArmId : std::uint32_t {};

constexpr std::size_t index(ModelId id) { return static_cast<std::size_t>(id); }
constexpr std::size_t index(QueryId id) { return static_cast<std::size_t>(id); }
constexpr std::size_t index(ArmId id) { return static_cast<std::size_t>(id); }
constexpr ModelId model_id(std::size_t i) { return static_cast<ModelId>(i); }
constexpr QueryId query_id(std::size_t i) { return static_cast<QueryId>(i); }
constexpr ArmId arm_id(std::size_t i) { return static_cast<ArmId>(i); }

}  // namespace assay

#pragma GCC visibility pop
