#include "assay/report/json.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/error.h"

namespace assay::report {
namespace {

using Tree = nlohmann::ordered_json;

std::string in_one_line(const Tree& tree) {
  return tree.dump(-1, ' ', /*ensure_ascii=*/true, Tree::error_handler_t::replace);
}

bool spread_over_lines(const Tree& tree) {
  if (tree.is_object()) return !tree.empty();
  if (!tree.is_array()) return false;
  for (const Tree& item : tree) {
    if (item.is_structured()) return true;
  }
  return false;
}

/// nlohmann's own indented form gives every number of a list a line; here a list of numbers takes one.
void write_pretty(const Tree& tree, std::size_t indent, std::string& out) {
  if (tree.is_array() && !spread_over_lines(tree)) {
    std::string_view separator;
    out += '[';
    for (const Tree& item : tree) {
      out.append(separator).append(in_one_line(item));
      separator = ", ";
    }
    out += ']';
    return;
  }
  if (!spread_over_lines(tree)) {
    out += in_one_line(tree);
    return;
  }
  const bool object = tree.is_object();
  const char* separator = "\n";
  out += object ? '{' : '[';
  for (auto item = tree.begin(); item != tree.end(); ++item) {
    out.append(separator).append(indent + 2, ' ');
    if (object) out.append(in_one_line(Tree(item.key()))).append(": ");
    write_pretty(*item, indent + 2, out);
    separator = ",\n";
  }
  out.append("\n").append(indent, ' ');
  out += object ? '}' : ']';
}

}  // namespace

struct Json::Value {
  Tree tree;
};

Json::Json() : Json(std::make_unique<Value>()) {}
Json::Json(std::unique_ptr<Value> value) : value_(std::move(value)) {}
Json::Json(Flag value) : Json(std::make_unique<Value>(Value{Tree(value.value)})) {}
Json::Json(Signed value) : Json(std::make_unique<Value>(Value{Tree(value.value)})) {}
Json::Json(Unsigned value) : Json(std::make_unique<Value>(Value{Tree(value.value)})) {}
Json::Json(double value) : Json(std::make_unique<Value>(Value{Tree(value)})) {}
Json::Json(std::string_view value) : Json(std::make_unique<Value>(Value{Tree(std::string(value))})) {}
Json::Json(const Json& other) : Json(std::make_unique<Value>(*other.value_)) {}
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(Json other) noexcept {
  value_ = std::move(other.value_);
  return *this;
}
Json::~Json() = default;

Json Json::array() { return Json(std::make_unique<Value>(Value{Tree::array()})); }
Json Json::object() { return Json(std::make_unique<Value>(Value{Tree::object()})); }

Json& Json::set(std::string_view key, Json value) {
  if (!value_->tree.is_object()) throw InvalidArgument("JSON: a member needs an object");
  value_->tree[std::string(key)] = std::move(value.value_->tree);
  return *this;
}

Json& Json::add(Json value) {
  if (!value_->tree.is_array()) throw InvalidArgument("JSON: an item needs an array");
  value_->tree.push_back(std::move(value.value_->tree));
  return *this;
}

Json Json::parsed(std::string_view text) {
  constexpr int kDeepest = 100;
  const auto shallow = [](int depth, Tree::parse_event_t, const Tree&) {
    if (depth > kDeepest) throw DataError("JSON is nested deeper than 100");
    return true;
  };
  try {
    return Json(std::make_unique<Value>(Value{Tree::parse(text, shallow)}));
  } catch (const Tree::exception& error) {
    throw DataError(error.what());
  }
}

bool Json::is_object() const { return value_->tree.is_object(); }
bool Json::is_array() const { return value_->tree.is_array(); }
bool Json::is_null() const { return value_->tree.is_null(); }
std::size_t Json::size() const { return is_object() || is_array() ? value_->tree.size() : 0; }
bool Json::has(std::string_view key) const { return is_object() && value_->tree.contains(key); }

Json Json::member(std::string_view key) const {
  if (!has(key)) return {};
  return Json(std::make_unique<Value>(Value{value_->tree.find(key).value()}));
}

Json Json::item(std::size_t at) const { return Json(std::make_unique<Value>(Value{value_->tree.at(at)})); }

double Json::number() const {
  return value_->tree.is_number() ? value_->tree.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string Json::text() const {
  return value_->tree.is_string() ? value_->tree.get<std::string>() : std::string();
}
bool Json::flag() const { return value_->tree.is_boolean() && value_->tree.get<bool>(); }

std::string Json::compact() const { return in_one_line(value_->tree); }

std::string Json::compact_utf8() const {
  return value_->tree.dump(-1, ' ', /*ensure_ascii=*/false, Tree::error_handler_t::replace);
}

std::string Json::pretty() const {
  std::string out;
  write_pretty(value_->tree, 0, out);
  return out + "\n";
}

}  // namespace assay::report
