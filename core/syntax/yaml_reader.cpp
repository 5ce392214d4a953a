#include "syntax/yaml_reader.hpp"

#include "syntax/document_builder.hpp"
#include "syntax/yaml_error_explanation.hpp"
#include "syntax/yaml_parser.hpp"
#include "syntax/yaml_stream.hpp"
#include "syntax/yaml_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace arun::syntax {
namespace {

/// After this many syntax errors the text is not YAML at all.
constexpr std::size_t max_errors_in_document = 20;
constexpr std::size_t max_errors_in_stream = 1000;

/// A part of a document that can be parsed on its own: items of one list, or entries of one mapping, that
/// begin in the same column.
struct Fragment {
    Range at;
    std::uint32_t column = 0;
};

std::uint32_t end_of_fragment(std::string_view text, const YamlLine& first) {
    auto at = yaml_next_line(text, first.begin);
    while (at < text.size()) {
        const auto line = yaml_line_at(text, at);
        const bool outside =
            line.indent() < first.indent() || (line.indent() == first.indent() && first.item && !line.item);
        if (!line.empty && outside && !line.has_tab(text)) break;
        at = yaml_next_line(text, at);
    }
    return at;
}

/// The first fragment at or after `from` that begins in column `max_column` or before.
std::optional<Fragment> next_fragment(std::string_view text, std::uint32_t from, std::uint32_t max_column) {
    auto at = yaml_line_begin(text, from) == from ? from : yaml_next_line(text, from);
    for (; at < text.size(); at = yaml_next_line(text, at)) {
        const auto line = yaml_line_at(text, at);
        if (line.empty || line.indent() > max_column || !line.is_entry()) continue;
        return Fragment{{at, end_of_fragment(text, line)}, line.indent()};
    }
    return std::nullopt;
}

/// The deepest column in which a fragment can begin that the error does not affect: that of the list item or
/// key whose value contains the error. None inside brackets that do not belong to an item or key.
std::optional<std::uint32_t> recovery_column(const YamlErrorContext& context, std::uint32_t error,
                                             const DocumentBuilder& builder) {
    // A `%` line affects no other.
    if (context.text.substr(error).starts_with('%') && yaml_line_begin(context.text, error) == error)
        return UINT32_MAX;
    const auto& brackets = context.brackets;
    const auto line =
        yaml_line_at(context.text, brackets.empty() ? error : std::min(brackets.front(), error));
    if (line.is_entry()) return line.entry_column();
    const auto& open = builder.open();
    for (auto i = open.rbegin(); i != open.rend(); ++i)
        if (!i->flow) return i->begin - yaml_line_begin(context.text, i->begin);
    return std::nullopt;
}

class DocumentReader {
public:
    DocumentReader(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics, DocumentSink& sink)
        : source_(source), diagnostics_(diagnostics), sink_(sink) {}

    std::shared_ptr<const Document> read(const YamlDocumentText& document) {
        if (document.unreadable) return nullptr;
        DocumentBuilder builder(source_, diagnostics_, sink_.takes_items() ? &sink_ : nullptr);
        text_ = source_->text().substr(0, document.body.end);
        const auto rest = parse(document.body, builder);
        // A fragment does not know the handles that %TAG declares.
        if (rest && !document.has_tag_directives) find_more_errors(*rest);
        return document.invalid ? nullptr : builder.finish();
    }

    bool limit_reached() const { return errors_ >= max_errors_in_stream; }

private:
    /// What to search for more errors.
    struct Remainder {
        std::uint32_t begin;
        std::uint32_t max_column;  // in which a fragment may begin
    };

    /// Returns nothing if all was read, or if an error affects all that follows.
    std::optional<Remainder> parse(Range body, DocumentBuilder& builder) {
        const auto text = text_.substr(0, body.end);
        const auto parsed = parse_yaml(text, body.begin, builder);
        if (!parsed.error) return std::nullopt;
        ++errors_;
        const auto& open = builder.open();
        const auto flow = std::find_if(open.begin(), open.end(), [](const auto& o) { return o.flow; });
        const auto brackets = yaml_brackets(text.substr(0, parsed.error->at),
                                            flow == open.end() ? parsed.token_end : flow->begin);
        const YamlErrorContext context{text, body.begin, brackets.open};
        const auto error = explain_yaml_error(*parsed.error, context, *source_);
        const auto column = recovery_column(context, error.at.begin, builder);
        // One mistake is one error: `a: !x(1, 2)` is an unknown tag already.
        if (!builder.has_error_at(error.at.begin)) builder.error(error.at, error.message, error.hint);
        builder.invalidate();
        if (!column) return std::nullopt;
        return Remainder{std::max(error.resume, yaml_next_line(text, body.begin)), *column};
    }

    void find_more_errors(Remainder rest) {
        for (std::size_t errors = 1; errors < max_errors_in_document && !limit_reached();) {
            const auto fragment = next_fragment(text_, rest.begin, rest.max_column);
            if (!fragment) return;
            DocumentBuilder builder(source_, diagnostics_, nullptr, DocumentBuilder::UnknownAliases::ignored);
            const auto next = parse(fragment->at, builder);
            if (next) ++errors;
            rest = next ? *next : Remainder{fragment->at.end, fragment->column};
        }
    }

    const std::shared_ptr<const Source>& source_;
    Diagnostics& diagnostics_;
    DocumentSink& sink_;
    std::string_view text_;  // up to the end of the document
    std::size_t errors_ = 0;
};

/// `---` and nothing after it.
bool is_empty(const Document& document) {
    const auto root = document.root();
    return root.is(Type::null) && root.style() == Style::plain && root.text().empty();
}

}  // namespace

bool read_yaml(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink) {
    bool found = false;
    DocumentReader reader(source, diagnostics, sink);
    YamlStream stream(*source, range, diagnostics);
    while (const auto text = stream.next()) {
        sink.begin(source);
        auto document = reader.read(*text);
        if (document && is_empty(*document)) document = nullptr;
        found = found || document;
        sink.end(std::move(document));
        if (reader.limit_reached()) break;
    }
    return found;
}

}  // namespace arun::syntax
