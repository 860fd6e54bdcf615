#pragma once

#include <string>

// Where the build put things. One source knows it, so that the others compile to the same in every checkout.
namespace assay::tests {

const std::string& source_folder();    ///< Of the project.
const std::string& assay_command();    ///< The program `assay`.
const std::string& points_strategy();  ///< programs/points_strategy.cpp

}  // namespace assay::tests
