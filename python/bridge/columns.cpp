#include "python/bridge/columns.h"

#include <atomic>
#include <limits>

namespace assay::bridge {
namespace {

constexpr std::int64_t kBits = 8;  // of a byte

std::atomic<std::int64_t> living = 0;

// What an empty vector has in its place: consumers want an address even of nothing.
alignas(64) constexpr std::uint8_t kNothing[64] = {};

template <typename Container>
const void* address(const Container& values) {
  return values.empty() ? static_cast<const void*>(kNothing) : static_cast<const void*>(values.data());
}

void set_bit(std::vector<std::uint8_t>& bits, std::int64_t at, bool on) {
  if (static_cast<std::size_t>(at / kBits) >= bits.size()) bits.push_back(0);
  if (on) bits.back() = static_cast<std::uint8_t>(bits.back() | (1U << static_cast<unsigned>(at % kBits)));
}

}  // namespace

void Column::mark(bool valid) {
  if (!valid && nulls_ == 0) {  // the first that is missing: so far all were there
    valid_.assign(static_cast<std::size_t>(rows_ / kBits), 0xFF);
    if (rows_ % kBits != 0)
      valid_.push_back(static_cast<std::uint8_t>((1U << static_cast<unsigned>(rows_ % kBits)) - 1));
  }
  if (!valid) ++nulls_;
  if (nulls_ > 0) set_bit(valid_, rows_, valid);
  ++rows_;
}

void Column::add(std::string_view text) {
  text_ += text;
  offsets_.push_back(static_cast<std::int64_t>(text_.size()));
  mark(true);
}

void Column::add(std::int64_t number) {
  whole_.push_back(number);
  mark(true);
}

void Column::add(double number) {
  real_.push_back(number);
  mark(true);
}

void Column::add(bool yes) {
  set_bit(bits_, rows_, yes);
  mark(true);
}

void Column::add_null() {
  switch (kind_) {
    case Kind::text: offsets_.push_back(static_cast<std::int64_t>(text_.size())); break;
    case Kind::int64: whole_.push_back(0); break;
    case Kind::float64: real_.push_back(std::numeric_limits<double>::quiet_NaN()); break;
    case Kind::boolean: set_bit(bits_, rows_, false); break;
  }
  mark(false);
}

const void* Column::values() const {
  switch (kind_) {
    case Kind::text: return address(text_);
    case Kind::int64: return address(whole_);
    case Kind::float64: return address(real_);
    case Kind::boolean: return address(bits_);
  }
  return kNothing;
}

const std::uint8_t* Column::valid() const { return nulls_ == 0 ? nullptr : valid_.data(); }

const char* name(Column::Kind kind) {
  switch (kind) {
    case Column::Kind::text: return "text";
    case Column::Kind::int64: return "int64";
    case Column::Kind::float64: return "float64";
    case Column::Kind::boolean: return "bool";
  }
  return "";
}

Columns::Columns() { ++living; }
Columns::~Columns() { --living; }
std::int64_t Columns::alive() { return living; }

}  // namespace assay::bridge
