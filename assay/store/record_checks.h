#pragma once

#include <string_view>

#include "assay/core/records.h"

namespace assay::store {

/// What a record must meet, whatever the study holds. Each throws DataError, with the record's place. `what`: "a
/// model", "turn".
void check_name(std::string_view name, std::string_view what, const Location& where);
void check_count(int count, std::string_view what, const Location& where);
void check_text(std::string_view text, const Location& where);
void check_took(const AnswerCost& took, const Location& where);

}  // namespace assay::store
