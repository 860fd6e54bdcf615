#include "assay/store/study_copy.h"

#include <string_view>

#include "assay/file/database.h"

namespace assay::store {

void copy_study(const std::string& path, const std::string& to) {
  const file::Database study(path, file::Database::Access::existing);
  study.prepare("VACUUM INTO ?1").with(std::string_view(to)).run();
}

}  // namespace assay::store
