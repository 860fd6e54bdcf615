#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

// What Assay throws. An example of use:
//
//   try {
//     if (name != "red") throw InvalidArgument("unknown colour " + quoted(name));
//     throw DataError({"answers.csv", 2}, "expected a number");  // says: answers.csv:2: expected a number
//   } catch (const InvalidArgument& error) {
//     std::cerr << error.what() << '\n';  // the caller's mistake
//   } catch (const Error& error) {
//     std::cerr << error.what() << '\n';  // any other failure
//   }

#pragma GCC visibility push(default)

namespace assay {

/// Ends an operation. The command exits with status 1 unless a subclass says otherwise.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The caller's mistake: a value outside its range, a name that does not exist. Exit status 2.
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

/// Where a piece of input stands. `line` is 1-based; 0 means the file as a whole.
struct Location {
  std::string_view path;
  std::size_t line = 0;
};

/// "path:line", escaped; the path alone if there is no line.
std::string describe(const Location& where);

/// A file that can't be used: "path:line: what was expected, what came".
class DataError : public Error {
 public:
  explicit DataError(const std::string& what) : Error(what) {}
  DataError(const Location& where, std::string_view what);
};

/// An oracle that can't be reached or broke off.
class OracleError : public Error {
 public:
  using Error::Error;
};

/// `text` made fit for a message: in quotes, cut to about `limit` bytes, control bytes and invalid UTF-8 escaped
/// as \xNN. So content of strangers never reaches a terminal unescaped.
std::string quoted(std::string_view text, std::size_t limit = 60);
// std::quoted, which some headers bring along, would fit these better than the above.
inline std::string quoted(const std::string& text, std::size_t limit = 60) {
  return quoted(std::string_view(text), limit);
}
inline std::string quoted(std::string& text, std::size_t limit = 60) {
  return quoted(std::string_view(text), limit);
}
inline std::string quoted(const char* text, std::size_t limit = 60) {
  return quoted(std::string_view(text), limit);
}

/// Some characters around the place `at`, quoted, for people who look for it in a long line.
std::string quoted_around(std::string_view text, std::size_t at);

}  // namespace assay

#pragma GCC visibility pop
