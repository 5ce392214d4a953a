/// From a file, or from standard input, to Documents.
#pragma once

#include "base/diagnostic.hpp"
#include "base/error.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"
#include "syntax/document_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax {

enum class Format : std::uint8_t { json, yaml, json_lines };

/// A script larger than this is refused: 1 GiB.
inline constexpr std::size_t max_source_size = std::size_t{1} << 30;

/// The value of --format: "json", "yaml" or "yml", "jsonl" or "ndjson".
Result<Format> format_named(std::string_view name);

/// By the file's extension: .json, .yaml or .yml, .jsonl or .ndjson.
std::optional<Format> format_by_name(std::string_view path);
/// The same; for any other name by the first characters of `text`, see sniff().
Format format_for(std::string_view path, std::string_view text);

/// What becomes of a file with nothing in it.
enum class Empty : std::uint8_t { refused, allowed };

/// The whole of a file. Null when it cannot be read or is empty, a directory, larger than max_source_size or
/// not a text at all; `diagnostics` then has the reason, without a position.
std::shared_ptr<const Source> load_file(const std::string& path, Diagnostics& diagnostics,
                                        Empty empty = Empty::refused);

/// The same for an open descriptor, read to its end but not closed; `name` is what messages show ("<stdin>"),
/// `text` what was read of it already.
std::shared_ptr<const Source> load_fd(int fd, std::string name, Diagnostics& diagnostics,
                                      Empty empty = Empty::refused, std::string text = {});

/// "cannot read 'x.yaml': no such file or directory", as the error of a file that is no particular place.
void refuse_errno(const std::string& name, int error, Diagnostics& diagnostics);

/// The documents of a text: exactly one of JSON or of a line of JSON Lines, one or more of YAML; empty YAML
/// documents are left out, and where there is no other that is an error unless it is allowed.
/// Every error that can be found is in `diagnostics`, which keeps the source alive. A document that could not
/// be read as a whole is left out; one with errors that leave the tree as it is (a duplicate key) is not, so
/// that its other errors can be found as well: ask `diagnostics` before running anything.
std::vector<std::shared_ptr<const Document>> read(std::shared_ptr<const Source> source, Format format,
                                                  Diagnostics& diagnostics, Empty empty = Empty::refused);

/// The same for who takes them one by one, or even item by item. Where the text cannot be read at all, the
/// sink hears nothing.
void read(std::shared_ptr<const Source> source, Format format, Diagnostics& diagnostics, DocumentSink& sink,
          Empty empty = Empty::refused);

}  // namespace arun::syntax
