#pragma once

#include <array>
#include <string_view>

namespace assay::asking {

/// A request and two answers that are made up, to see how a judge judges.
struct MadeUpPair {
  std::string_view name;
  std::string_view query;
  std::string_view one;
  std::string_view other;
  bool one_is_right = false;  ///< Everybody knows that, and that the other is wrong. Else neither is better.
};

/// Harmless, short, and of one sentence each. The wrong answer is the longer one, for judges that like length.
inline constexpr std::array<MadeUpPair, 2> kMadeUpPairs{{
    {"right and wrong", "What is the capital of Australia? Answer in one sentence.",
     "The capital of Australia is Canberra.",
     "The capital of Australia is Sydney, its largest city, which is known all over the world for its harbour.",
     true},
    {"equally good", "Give me one tip for better sleep, in one sentence.",
     "Go to bed and get up at the same time every day.", "Keep your bedroom cool, dark and quiet at night.", false},
}};

}  // namespace assay::asking
