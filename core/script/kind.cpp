#include "script/kind.hpp"

#include "script/compiler.hpp"

#include <algorithm>

namespace arun::script {

bool detail::append_value(const AnyValue& value, const EvalContext& context, std::string& out) {
    if (value.value == nullptr || value.value->literal != nullptr) return false;
    out += evaluate(*value.value, context).to_text();
    return true;
}

bool read_nested(Compiler& compiler, syntax::Node node, std::string_view what, const ArgumentSchema& schema,
                 void* object) {
    if (node.is(Type::map) || !schema.shorthand.empty())
        return compiler.read_arguments_or_shorthand(node, schema, object);
    std::string names;
    for (const auto& field : schema.fields) names += (names.empty() ? "" : ", ") + std::string(field.name);
    // expect: 200
    const bool is_code = schema.name == "expect" && node.is(Type::number);
    compiler.error(
        node.span(), std::string(what) + ": expected a mapping, not " + std::string(type_name(node.type())),
        is_code ? "write {" + std::string(schema.fields.front().name) + ": " + std::string(node.text()) + '}'
                : "it takes " + names);
    return false;
}

const KindSpec* KindTable::find(std::string_view name) const noexcept {
    if (last_ != nullptr && last_->name() == name) return last_;
    const auto found = std::ranges::find(kinds_, name, &KindSpec::name);
    return found == kinds_.end() ? nullptr : last_ = *found;
}

std::vector<std::string_view> KindTable::names() const {
    std::vector<std::string_view> names;
    for (const auto* kind : kinds_) names.push_back(kind->name());
    return names;
}

}  // namespace arun::script
