/// Splits a YAML stream into documents at the lines `---` and `...`, which no value can contain
/// (YAML 1.2.2, 9.1.2).
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax {

/// The text of one document. Errors in its directives have been reported.
struct YamlDocumentText {
    Range body;  ///< what libfyaml parses: directives from the first %TAG on, `---`, content
    bool has_tag_directives = false;
    bool invalid = false;     ///< an error has been reported
    bool unreadable = false;  ///< the error leaves the meaning of the document unknown
};

/// The documents of a complete stream. Skips documents that have neither content nor `---`.
class YamlStream {
public:
    YamlStream(const Source& source, Range range, Diagnostics& diagnostics);
    std::optional<YamlDocumentText> next();

private:
    struct Directives {
        std::optional<std::uint32_t> first;
        bool has_version = false;
        std::vector<Range> unknown;  // their names
    };

    std::optional<YamlDocumentText> read_document();
    std::uint32_t next_line(std::uint32_t at) const;
    void read_directive(std::uint32_t at, Directives& directives, YamlDocumentText& document);
    void error(Range at, YamlDocumentText& document, std::string message, std::string hint);

    const Source& source_;
    std::string_view text_;  // up to the end of the range
    std::uint32_t at_;
    bool carriage_returns_;
    Diagnostics& diagnostics_;
};

/// Splits a stream that is still arriving by the same rules, as soon as the next document's first line is
/// complete.
class YamlDocumentSplitter {
public:
    /// Returns the size of the first document in `text`, up to the next `---` or past a `...`; nothing while
    /// it may continue. Call it again with the same text and what has arrived since; after it has returned a
    /// size, with the text that follows that document. A NUL byte, which no text contains, ends the document
    /// with all that has arrived: its reader reports it.
    std::optional<std::size_t> split(std::string_view text);
    /// Size of the line that is not complete yet, after a split() that returned nothing.
    std::size_t unfinished_line() const noexcept { return scanned_ - at_; }

private:
    std::size_t at_ = 0;       ///< the next line to look at
    std::size_t scanned_ = 0;  ///< no line ends between at_ and here
    bool started_ = false;     ///< has a `---`
    bool has_content_ = false;
};

}  // namespace arun::syntax
