#pragma once

#include <string>

#include "assay/app/doctor.h"

namespace assay::view {

std::string to_json(const app::DoctorReport& report);
std::string to_text(const app::DoctorReport& report);

}  // namespace assay::view
