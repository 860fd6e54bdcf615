#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

// How a long piece of work tells how far it is. An example of use:
//
//   const Progress progress = [](std::size_t done, std::size_t total) {
//     std::cerr << done << " of " << total << '\n';
//   };
//   progress(3, 10);

#pragma GCC visibility push(default)

namespace assay {

/// Told now and then how much of a long piece of work is done. Called from one thread at a time; may throw to
/// cancel the work, which leaves the caller as that exception. May be empty.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

/// Told which long piece of work begins; returns who is told of its progress.
using StartProgress = std::function<Progress(std::string_view label)>;

}  // namespace assay

#pragma GCC visibility pop
