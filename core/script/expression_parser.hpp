/// The parser of the expression language.
#pragma once

#include "base/arena.hpp"
#include "base/source.hpp"
#include "script/expression.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace arun::script {

/// Resolves what the parser meets, and takes its errors. The compiler checks names once it knows the whole
/// script.
class NameResolver {
public:
    virtual const Symbol& variable(std::string_view name, Span where) = 0;
    virtual const JobId& job(std::string_view id, Span where) = 0;
    /// The result of the job is read.
    virtual void result_read(const JobId&) {}
    /// Keeps a literal or its pattern alive as long as the script.
    virtual const Value* keep(Value value) = 0;
    virtual const Regex* keep(std::shared_ptr<const Regex> pattern) = 0;
    /// `script.dir` or `script.name` of the script that the expression is in.
    virtual Value script_property(std::string_view name) = 0;
    /// `loop.index` is used.
    virtual void loop(Span where) = 0;
    /// Whether the names that follow may lack a value: in the first argument of default().
    virtual void optional(bool) {}
    /// The expression reads properties, whose existence can be checked once all types are known.
    virtual void check_later(const Expression&) {}
    /// Plain text, or the plain part of a text with expressions, which is at `where`.
    virtual void plain_text(std::string_view, Span) {}
    virtual void error(Span where, std::string message, std::string hint) = 0;

protected:
    ~NameResolver() = default;
};

/// The hint for a name such as `n-1` that nothing has, if `has` the part before a `-`: "write 'n - 1' for a
/// difference". Else empty. `object` is what stands before the name, such as `loop.`.
std::string difference_hint(std::string_view object, std::string_view name,
                            const std::function<bool(std::string_view)>& has);

/// Compiles `text`. If `exact`, the source has the same bytes at `where`, so that errors can point at parts
/// of it; otherwise each points at all of `where`. Returns null after an error, which has been passed to
/// `names`.
const Expression* parse_expression(std::string_view text, Span where, bool exact, Arena& arena,
                                   NameResolver& names);

}  // namespace arun::script
