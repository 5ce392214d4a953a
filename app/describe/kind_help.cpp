#include "describe/kind_help.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "describe/columns.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace arun::app {
namespace {

using script::ArgumentSchema;
using script::ArgumentSpec;
using script::KindSpec;

std::string type_label(const ArgumentSpec& field, std::string_view between = "|") {
    const auto* shorthand = field.nested != nullptr ? field.nested->find(field.nested->shorthand) : nullptr;
    if (shorthand != nullptr) return std::string(shorthand->type.label) + " or mapping";
    if (field.choices.empty()) return std::string(field.type.label);
    return join(field.choices, between);
}

std::string meaning(const ArgumentSpec& field) {
    auto text = std::string(field.help);
    if (field.required) text += " (required)";
    if (!field.fallback.empty()) text += " (default: " + std::string(field.fallback) + ")";
    return text;
}

/// An argument with its path: "expect.status".
struct Row {
    std::string name;
    const ArgumentSpec* field;
};

void append_rows(std::vector<Row>& rows, const ArgumentSchema& schema, const std::string& prefix) {
    for (const auto& field : schema.fields) {
        rows.push_back({prefix + std::string(field.name), &field});
        // One with a shorthand is a kind too, such as `http` in wait_for, and is described there.
        if (field.nested != nullptr && field.nested->shorthand.empty())
            append_rows(rows, *field.nested, rows.back().name + '.');
    }
}

std::vector<Row> rows_of(const ArgumentSchema& schema) {
    std::vector<Row> rows;
    append_rows(rows, schema, {});
    return rows;
}

/// On a terminal, code is in quotes instead of backticks.
std::string terminal_text(std::string_view text) {
    std::string out(text);
    std::ranges::replace(out, '`', '\'');
    return out;
}

/// Escapes backslashes.
std::string mdoc_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '\\' ? std::string("\\e") : std::string(1, c);
    return out;
}

/// Escapes backslashes and sets code in bold.
std::string mdoc_words(std::string_view text) {
    std::string out;
    bool code = false;
    for (const char c : mdoc_escaped(text)) {
        if (c != '`') {
            out += c;
            continue;
        }
        code = !code;
        out += code ? "\\fB" : "\\fR";
    }
    return out;
}

/// Escapes a dot or quote at the start of a line: it would begin a request.
std::string mdoc_lines(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
        out += c;
    }
    return out;
}

/// Turns a fragment into a sentence.
std::string sentence(std::string_view text) {
    std::string out(text);
    if (!out.empty()) out[0] = upper(out[0]);
    return out + '.';
}

/// One sentence per line, as is the custom in mdoc; long ones are wrapped.
std::string mdoc_paragraphs(std::string_view text) {
    std::string out;
    for (const auto paragraph : split(text, "\n\n")) {
        if (!out.empty()) out += ".Pp\n";
        std::string lines;
        for (const auto part : split(paragraph, ". ")) {
            if (!lines.empty()) lines += ".\n";
            lines += wrapped(mdoc_words(part), 0, 0);
        }
        out += mdoc_lines(lines) + '\n';
    }
    return out;
}

void append_fields(std::string& out, const ArgumentSchema& schema) {
    out += ".Bl -tag -width Ds\n";
    for (const auto& [name, field] : rows_of(schema)) {
        out += ".It Cm " + name + " : Ar " + mdoc_words(type_label(*field, " | ")) + '\n';
        auto text = sentence(field->help);
        if (field->required) text += " Required.";
        if (!field->fallback.empty()) text += " The default is " + std::string(field->fallback) + '.';
        out += mdoc_paragraphs(text);
    }
    out += ".El\n";
}

void append_kind(std::string& out, const KindSpec& kind) {
    const std::string name(kind.name());
    out += ".Ss " + name + '\n' + mdoc_paragraphs(sentence(kind.summary));
    if (!kind.schema.bare) append_fields(out, kind.schema);
    if (!kind.schema.bare && !kind.schema.shorthand.empty()) {
        out += ".Pp\n\\fB" + name + ": \\fIvalue\\fR is short for \\fB" + name + ": {" +
               std::string(kind.schema.shorthand) + ": \\fIvalue\\fB}\\fR.\n";
    }
    out += ".Pp\n" + mdoc_paragraphs("Result: " + std::string(kind.result) + '.');
    if (!kind.notes.empty()) out += ".Pp\n" + mdoc_paragraphs(kind.notes);
    out += ".Bd -literal -offset indent\n" + mdoc_lines(mdoc_escaped(kind.example)) + ".Ed\n";
}

}  // namespace

std::string list_kinds(std::span<const KindSpec* const> kinds) {
    std::size_t width = 0;
    for (const auto* kind : kinds) width = std::max(width, kind->name().size());
    std::string out;
    for (const auto* kind : kinds)
        out += padded(kind->name(), width) + "  " + std::string(kind->summary) + '\n';
    return out;
}

std::string describe_fields(const ArgumentSchema& schema) {
    const auto rows = rows_of(schema);
    std::size_t names = 0;
    std::size_t types = 0;
    for (const auto& [name, field] : rows) {
        names = std::max(names, name.size());
        types = std::max(types, type_label(*field).size());
    }
    types = std::min<std::size_t>(types, 20);
    std::string out;
    for (const auto& [name, field] : rows) {
        auto row = "  " + padded(name, names) + "  " + padded(type_label(*field), types) + "  ";
        out += row + wrapped(terminal_text(meaning(*field)), names + types + 6, row.size()) + '\n';
    }
    return out;
}

std::string describe_kind(const KindSpec& kind) {
    const auto name = std::string(kind.name());
    std::string out = name + ": " + std::string(kind.summary) + "\n\n";
    out += describe_fields(kind.schema);
    if (!kind.schema.shorthand.empty() && !kind.schema.bare)
        out += "\n'" + name + ": VALUE' is short for '" + name + ": {" + std::string(kind.schema.shorthand) +
               ": VALUE}'\n";
    std::vector<std::string_view> modifiers;
    for (const auto& field : script::modifier_schema.fields) modifiers.push_back(field.name);
    out += "\nModifiers: " + wrapped(join(modifiers, ", "), 11, 11) +
           "\n           ('arun help modifiers' describes them)\n";
    out += "\nResult: " + wrapped(terminal_text(kind.result), 8, 8) + '\n';
    if (!kind.notes.empty())
        for (const auto paragraph : split(kind.notes, "\n\n"))
            out += '\n' + wrapped(terminal_text(paragraph), 0, 0) + '\n';
    out += "\nExample:\n\n";
    for (const auto line : split(kind.example, "\n"))
        if (!line.empty()) out += "  " + std::string(line) + '\n';
    return out;
}

std::string kinds_in_mdoc(std::span<const KindSpec* const> kinds) {
    std::string out = ".Sh KINDS\n";
    for (const auto* kind : kinds) append_kind(out, *kind);
    out += ".Sh MODIFIERS\n";
    out += "These keys may stand beside the kind of any job.\n";
    append_fields(out, script::modifier_schema);
    out += ".Pp\nA mapping after\n.Cm retry\nhas these keys:\n";
    append_fields(out, script::retry_schema);
    return out;
}

}  // namespace arun::app
