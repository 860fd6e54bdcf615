#pragma once

#include <cstdint>
#include <vector>

#include "assay/text/kgram.h"

namespace assay {

/// Average sequence likelihood of text `text` of `texts` under the model of order `order`, from a map of whole
/// contexts to counts that is built anew for each call. Before a text stand as many start marks as the order looks
/// back.
double reference_kgram_likelihood(const std::vector<std::vector<std::uint32_t>>& texts, std::size_t text,
                                  std::size_t order, std::uint32_t vocabulary, const text::KgramOptions& options);

}  // namespace assay
