#include "python/bridge/arrow.h"

#include <array>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "python/bridge/failure.h"

// Each struct has one owner at a time, which calls its `release`. A consumer may take a child over: it copies the
// struct and sets `release` of the one it copied to nullptr.

namespace assay::bridge {
namespace {

constexpr std::int64_t kNullable = 2;  // ARROW_FLAG_NULLABLE

const char* format_of(Column::Kind kind) {
  switch (kind) {
    case Column::Kind::text: return "U";  // with offsets of 64 bits
    case Column::Kind::int64: return "l";
    case Column::Kind::float64: return "g";
    case Column::Kind::boolean: return "b";
  }
  return "n";
}

// What the structs point to. `Struct`: ArrowSchema or ArrowArray.
template <typename Struct>
struct Children {
  explicit Children(std::size_t count) : all(count), pointers(count) {
    for (std::size_t i = 0; i < count; ++i) pointers[i] = &all[i];
  }
  void release() {
    for (Struct& one : all) {
      if (one.release != nullptr) one.release(&one);
    }
  }

  std::vector<Struct> all;
  std::vector<Struct*> pointers;
};

struct SchemaParts {
  std::string name;
  Children<ArrowSchema> children;
};

void release_schema(ArrowSchema* schema) {
  const std::unique_ptr<SchemaParts> parts(static_cast<SchemaParts*>(schema->private_data));
  parts->children.release();
  schema->release = nullptr;
}

void make_schema(const char* format, std::string name, std::size_t children, ArrowSchema& schema) {
  auto parts = std::make_unique<SchemaParts>(SchemaParts{std::move(name), Children<ArrowSchema>(children)});
  schema = {.format = format,
            .name = parts->name.c_str(),
            .metadata = nullptr,
            .flags = children == 0 ? kNullable : 0,
            .n_children = static_cast<std::int64_t>(children),
            .children = parts->children.pointers.data(),
            .dictionary = nullptr,
            .release = release_schema,
            .private_data = parts.release()};
}

void fill_schema(const Columns& columns, ArrowSchema& schema) {
  make_schema("+s", "", columns.all().size(), schema);
  std::size_t at = 0;
  for (const Column& column : columns.all()) {
    make_schema(format_of(column.kind()), column.name(), 0, *schema.children[at++]);
  }
}

struct ArrayParts {
  std::shared_ptr<const Columns> columns;
  std::array<const void*, 3> buffers;
  Children<ArrowArray> children;
};

void release_array(ArrowArray* array) {
  const std::unique_ptr<ArrayParts> parts(static_cast<ArrayParts*>(array->private_data));
  parts->children.release();
  array->release = nullptr;
}

void make_array(std::shared_ptr<const Columns> columns, std::int64_t length, std::size_t children,
                ArrowArray& array) {
  auto parts =
      std::make_unique<ArrayParts>(ArrayParts{std::move(columns), {nullptr}, Children<ArrowArray>(children)});
  array = {.length = length,
           .null_count = 0,
           .offset = 0,
           .n_buffers = 1,
           .n_children = static_cast<std::int64_t>(children),
           .buffers = parts->buffers.data(),
           .children = parts->children.pointers.data(),
           .dictionary = nullptr,
           .release = release_array,
           .private_data = parts.release()};
}

void fill_array(const std::shared_ptr<const Columns>& columns, ArrowArray& array) {
  const std::int64_t rows = columns->all().empty() ? 0 : columns->all().front().rows();
  make_array(columns, rows, columns->all().size(), array);
  std::size_t at = 0;
  for (const Column& column : columns->all()) {
    ArrowArray& child = *array.children[at++];
    make_array(columns, rows, 0, child);
    child.null_count = column.nulls();
    child.buffers[0] = column.valid();
    if (column.kind() == Column::Kind::text) {
      child.n_buffers = 3;
      child.buffers[1] = column.offsets();
      child.buffers[2] = column.values();
    } else {
      child.n_buffers = 2;
      child.buffers[1] = column.values();
    }
  }
}

struct StreamParts {
  std::shared_ptr<const Columns> columns;
  bool given = false;
};

StreamParts& parts_of(ArrowArrayStream* stream) { return *static_cast<StreamParts*>(stream->private_data); }

int give_schema(ArrowArrayStream* stream, ArrowSchema* schema) {
  schema->release = nullptr;
  const bool done = guarded([&] { fill_schema(*parts_of(stream).columns, *schema); });
  if (!done && schema->release != nullptr) schema->release(schema);
  return done ? 0 : ENOMEM;
}

int give_array(ArrowArrayStream* stream, ArrowArray* array) {
  array->release = nullptr;  // the end
  StreamParts& parts = parts_of(stream);
  if (std::exchange(parts.given, true)) return 0;
  const bool done = guarded([&] { fill_array(parts.columns, *array); });
  if (!done && array->release != nullptr) array->release(array);
  return done ? 0 : ENOMEM;
}

const char* last_error(ArrowArrayStream* /*stream*/) { return nullptr; }

void release_stream(ArrowArrayStream* stream) {
  delete static_cast<StreamParts*>(stream->private_data);  // NOLINT(cppcoreguidelines-owning-memory): as made
  stream->release = nullptr;
}

}  // namespace

std::unique_ptr<ArrowSchema> arrow_schema(const Columns& columns) {
  auto schema = std::make_unique<ArrowSchema>();
  fill_schema(columns, *schema);
  return schema;
}

std::unique_ptr<ArrowArrayStream> arrow_stream(std::shared_ptr<const Columns> columns) {
  auto parts = std::make_unique<StreamParts>(StreamParts{std::move(columns)});
  auto stream = std::make_unique<ArrowArrayStream>(
      ArrowArrayStream{give_schema, give_array, last_error, release_stream, nullptr});
  stream->private_data = parts.release();
  return stream;
}

}  // namespace assay::bridge
