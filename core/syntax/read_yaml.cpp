#include "syntax/read_yaml.hpp"

#include "syntax/yaml_events.hpp"
#include "syntax/yaml_explain.hpp"
#include "syntax/yaml_recovery.hpp"
#include "syntax/yaml_stream.hpp"
#include "syntax/yaml_text.hpp"
#include "syntax/yaml_tree.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace arun::syntax {
namespace {

constexpr std::size_t enough = 20;        // failures in a document; by then the text is something else
constexpr std::size_t far_enough = 1000;  // failures in a stream

class Reader {
public:
    Reader(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics, DocumentSink& sink)
        : source_(source), diagnostics_(diagnostics), sink_(sink) {}

    std::shared_ptr<const Document> read(const YamlPiece& piece) {
        if (piece.unreadable) return nullptr;
        Builder builder(source_, diagnostics_, sink_.takes_items() ? &sink_ : nullptr);
        text_ = source_->text().substr(0, piece.end);
        // A `%` line ends what can be read in one go; what follows it is read for its errors only.
        auto rest = parse(piece.body, builder);
        if (!rest && piece.body.end < piece.end) rest = Rest{piece.body.end, UINT32_MAX};
        // Parts know nothing of the handles that %TAG declares.
        if (rest && !piece.tags) read_rest(*rest);
        return piece.broken ? nullptr : builder.finish();
    }

    bool enough_failures() const { return failures_ >= far_enough; }

private:
    /// What to look through for more errors.
    struct Rest {
        std::uint32_t from;
        std::uint32_t most;  // the deepest column in which a part may begin
    };

    /// Nothing when all was read, or when nothing that follows stands apart from an error.
    std::optional<Rest> parse(Range body, Builder& builder) {
        const auto text = text_.substr(0, body.end);
        YamlEvents events(text.substr(body.begin));
        YamlTree tree(text, body.begin, builder);
        while (const auto* event = events.next()) {
            tree.take(*event);
            if (builder.stopped()) return std::nullopt;
        }
        auto failure = events.failure();
        if (!failure) return std::nullopt;
        ++failures_;
        return explain(*failure, body, tree, builder);
    }

    std::optional<Rest> explain(YamlFailure failure, Range body, const YamlTree& tree, Builder& builder) {
        const auto done = tree.done();
        const auto text = text_.substr(0, body.end);
        const bool nowhere = failure.at == YamlFailure::nowhere;
        failure.at = nowhere ? skip_yaml_space(text, done) : failure.at + body.begin;
        const auto& open = builder.open();
        const auto flow = std::find_if(open.begin(), open.end(), [](const auto& o) { return o.flow; });
        const auto brackets =
            yaml_brackets(text.substr(0, failure.at), flow == open.end() ? done : flow->begin).open;
        const YamlScene scene{text, body.begin, done, brackets};
        const auto fault = explain_yaml(scene, failure, *source_);
        const auto most = column_outside(scene, fault, builder);
        // One mistake is one error: `a: !x(1, 2)` is an unknown tag already.
        if (!builder.has_error_at(fault.at.begin)) builder.error(fault.at, fault.message, fault.hint);
        builder.spoil();
        if (!most) return std::nullopt;
        return Rest{std::max(fault.resume, yaml_next_line(text, body.begin)), *most};
    }

    void read_rest(Rest rest) {
        for (std::size_t failures = 1; failures < enough && !enough_failures();) {
            const auto part = next_yaml_part(text_, rest.from, rest.most);
            if (!part) return;
            Builder builder(source_, diagnostics_, nullptr, true);
            const auto next = parse(part->at, builder);
            if (next) ++failures;
            rest = next ? *next : Rest{part->at.end, part->column};
        }
    }

    const std::shared_ptr<const Source>& source_;
    Diagnostics& diagnostics_;
    DocumentSink& sink_;
    std::string_view text_;  // up to the end of the document
    std::size_t failures_ = 0;
};

/// `---` and nothing after it.
bool is_empty(const Document& document) {
    const auto root = document.root();
    return root.is(Type::null) && root.style() == Style::plain && root.text().empty();
}

}  // namespace

void read_yaml(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink, Empty empty) {
    const auto errors = diagnostics.errors();
    bool found = false;
    Reader reader(source, diagnostics, sink);
    YamlStream stream(*source, range, diagnostics);
    while (const auto piece = stream.next()) {
        sink.begin(source);
        auto document = reader.read(*piece);
        if (document && is_empty(*document)) document = nullptr;
        found = found || document;
        sink.end(std::move(document));
        if (reader.enough_failures()) break;
    }
    if (!found && empty == Empty::refused && diagnostics.errors() == errors)
        diagnostics.error({source.get(), range.begin, range.begin}, "the script is empty");
}

}  // namespace arun::syntax
