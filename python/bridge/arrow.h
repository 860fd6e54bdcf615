#pragma once

#include <cstdint>
#include <memory>

#include "python/bridge/columns.h"

// The Arrow C data interface: structs whose layout is fixed, by which programs that know nothing of one another
// hand tables on without a copy (https://arrow.apache.org/docs/format/CDataInterface.html).

extern "C" {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}

namespace assay::bridge {

/// Both are on the heap, and to be released and deleted by whoever has them. All columns must have the same length.
std::unique_ptr<ArrowSchema> arrow_schema(const Columns& columns);
/// One batch of all rows, which keeps the columns alive.
std::unique_ptr<ArrowArrayStream> arrow_stream(std::shared_ptr<const Columns> columns);

}  // namespace assay::bridge
