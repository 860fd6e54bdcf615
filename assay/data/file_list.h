#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

class ByteSource;

/// Throws InvalidArgument if there is nothing at `path`, Error if it can't be looked at.
void require_path(const std::string& path);
/// Throws InvalidArgument if there is nothing at `path` or a folder.
void require_file(const std::string& path);
/// Throws DataError if there is something in `folder` that is neither a file nor a folder: reading a pipe may never
/// end. Names that start with a dot are passed over.
void require_plain_files(const std::string& folder);
/// Throws Error if there is none and it can't be made.
void make_folder(const std::string& path);
/// Gives the file `from` the name `to`, in place of what is there. Throws Error.
void rename_file(const std::string& from, const std::string& to);

/// True if there is something at `path`.
bool is_there(const std::string& path);
bool is_folder(const std::string& path);
/// True if there is something that is not a folder.
bool is_file(const std::string& path);
/// True if there is a file whose end will come: no pipe, no device.
bool is_plain_file(const std::string& path);

/// Whether a name without its folder is one that is looked for.
using NameTest = std::function<bool(std::string_view name)>;

/// Names in a folder, sorted by byte, without those that start with a dot. Throws Error if it can't be read.
std::vector<std::string> folder_names(const std::string& folder);

// Of what is found in folders, pipes and devices are passed over: reading them may never end.

/// Paths of the .jsonl and .jsonl.gz files directly in `folder`, sorted by name; none if there is no such folder.
std::vector<std::string> jsonl_files(const std::string& folder);
/// The same with the folders in it, at most 12 deep; sorted by name, folder by folder. Models and judges may be
/// called org/name. Links to folders are followed in the first two only: they may go round in circles.
std::vector<std::string> jsonl_files_below(const std::string& folder);
/// Paths of all files below `folder` that are called `name`, likewise.
std::vector<std::string> files_below(const std::string& folder, std::string_view name);
/// Paths of all files below `folder` whose names are `wanted`, likewise. Of folders that start with a dot those are
/// looked into whose names are `dotted`; none, if that is empty.
std::vector<std::string> files_below(const std::string& folder, const NameTest& wanted,
                                     const NameTest& dotted = {});
/// The first bytes of a file, unpacked if it is packed; at most `size`. For a look at what a file is. Throws Error
/// if it can't be opened.
std::string file_start(const std::string& path, std::size_t size = std::size_t{64} << 10U);
std::string source_start(ByteSource& source, std::size_t size);
/// The name without the ending of a packed file (.gz, .zst).
std::string_view without_packing(std::string_view name);
/// Paths of all files below `folder` that end in one of `endings`, or so with .gz or .zst behind it, likewise.
std::vector<std::string> files_ending(const std::string& folder, std::span<const std::string_view> endings);
/// `folder`/`name`.jsonl or `folder`/`name`.jsonl.gz, whichever exists; empty if neither.
std::string jsonl_file(const std::string& folder, std::string_view name);

/// `a`/`b`.
std::string join_path(std::string_view a, std::string_view b);
/// Last part of a path, which is made absolute first, so that "." has a name too.
std::string file_name(const std::string& path);
std::string parent_folder(const std::string& path);
/// File name without .gz and .jsonl: the model that a file is about.
std::string jsonl_stem(const std::string& path);
/// The names between `folder` and what is below it: {"org", "model.jsonl"}.
std::vector<std::string> names_below(const std::string& folder, const std::string& path);
/// `names` with slashes between them: "org/model".
std::string joined_names(std::span<const std::string> names);

/// Sum of the sizes in bytes of those that are plain files.
std::size_t total_size(std::span<const std::string> files);

}  // namespace assay::data
