/// Loads a script from a file or standard input, and reads its Documents in any format.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"
#include "syntax/format.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace arun::syntax {

/// The size limit of a script: 1 GiB.
inline constexpr std::size_t max_source_size = std::size_t{1} << 30;
/// The size limit of a line of a YAML stream, which is read before it is known to be a script: 64 MiB.
inline constexpr std::size_t max_stream_line = std::size_t{1} << 26;

/// Whether a file or a stream without content is an error.
enum class Empty : std::uint8_t { refused, allowed };

/// Reads a whole file. Returns null if it is unreadable, empty, a directory or larger than max_source_size;
/// the reason is then in `diagnostics`, without a position. Blocks until a FIFO has a writer.
std::shared_ptr<const Source> load_file(const std::string& path, Diagnostics& diagnostics,
                                        Empty empty = Empty::refused);

/// The same for an open descriptor, which is read to its end and not closed. Messages call it `name`
/// ("<stdin>"); `text` is what was already read from it. A stream is not read beyond a NUL byte, which read()
/// reports.
std::shared_ptr<const Source> load_fd(int fd, std::string name, Diagnostics& diagnostics,
                                      Empty empty = Empty::refused, std::string text = {});

/// Reports "cannot read 'x.yaml': no such file or directory", without a position.
void report_read_error(const std::string& name, int error, Diagnostics& diagnostics);

/// Reads the documents of a text: exactly one of JSON or of a line of JSON Lines, one or more of YAML. Empty
/// YAML documents are skipped; a stream of nothing else is an error unless `empty` allows it.
///
/// All errors that can be found are in `diagnostics`, which keeps the source alive. A document with syntax
/// errors is skipped. One whose errors leave the tree intact (a duplicate key) is not, so that its other
/// errors can be found too: check `diagnostics` before running anything.
std::vector<std::shared_ptr<const Document>> read(std::shared_ptr<const Source> source, Format format,
                                                  Diagnostics& diagnostics, Empty empty = Empty::refused);

/// The same, passing the documents to `sink` as they are read. If check_characters() fails, the sink is not
/// called.
void read(std::shared_ptr<const Source> source, Format format, Diagnostics& diagnostics, DocumentSink& sink,
          Empty empty = Empty::refused);

}  // namespace arun::syntax
