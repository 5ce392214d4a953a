#include "script/value.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace arun::script {

namespace {

constexpr int max_depth = 256;  // deeper values could overflow the stack when they are printed or freed

void indent(std::string& out, int depth, bool pretty) {
    if (!pretty) return;
    out += '\n';
    out.append(static_cast<std::size_t>(depth) * 2, ' ');
}

bool is_json_number(std::string_view text) {
    return nlohmann::json::accept(text) && text.back() != ' ';
}

void append_scalar(std::string& out, const Value& value) {
    switch (value.type()) {
        case Type::null:
            out += "null";
            break;
        case Type::boolean:
            out += value.as_boolean() ? "true" : "false";
            break;
        case Type::number: {
            auto text = value.to_text();
            if (is_json_number(text)) {
                out += text;
            } else if (std::isfinite(value.as_number())) {
                append_number(out, value.as_number());
            } else {
                out += "null";
            }
            break;
        }
        default:
            append_json_string(out, value.as_string());
    }
}

void append(std::string& out, const Value& value, bool pretty, int depth) {
    if (value.is(Type::list)) {
        out += '[';
        bool first = true;
        for (auto& item : value.items()) {
            if (!first) out += ',';
            first = false;
            indent(out, depth + 1, pretty);
            append(out, item, pretty, depth + 1);
        }
        if (!first) indent(out, depth, pretty);
        out += ']';
    } else if (value.is(Type::map)) {
        out += '{';
        bool first = true;
        for (auto& [key, item] : value.entries()) {
            if (!first) out += ',';
            first = false;
            indent(out, depth + 1, pretty);
            append_json_string(out, key);
            out += pretty ? ": " : ":";
            append(out, item, pretty, depth + 1);
        }
        if (!first) indent(out, depth, pretty);
        out += '}';
    } else {
        append_scalar(out, value);
    }
}

Value from_json(const nlohmann::ordered_json& json) {
    if (json.is_boolean()) return Value::boolean(json.get<bool>());
    if (json.is_number()) return Value::number(json.get<double>());
    if (json.is_string()) return Value::string(json.get_ref<const std::string&>());
    if (json.is_array()) {
        std::vector<Value> items;
        items.reserve(json.size());
        for (auto& item : json) items.push_back(from_json(item));
        return Value::list(std::move(items));
    }
    if (json.is_object()) {
        std::vector<Value::Entry> entries;
        for (auto& [key, item] : json.items()) entries.emplace_back(key, from_json(item));
        return Value::map(std::move(entries));
    }
    return {};
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json(std::string& out, const Value& value, bool pretty) {
    append(out, value, pretty, 0);
}

Result<Value> parse_json(std::string_view text) {
    // To the library it is the end of the text.
    if (text.find('\0') != text.npos) return Error{"not JSON: a NUL byte"};
    bool deep = false;
    using Event = nlohmann::ordered_json::parse_event_t;
    auto limit_depth = [&](int depth, Event event, nlohmann::ordered_json&) {
        // Of a beginning, the depth around it is told.
        const bool begins = event == Event::array_start || event == Event::object_start;
        deep |= depth + (begins ? 1 : 0) > max_depth;
        return !deep;
    };
    try {
        auto json = nlohmann::ordered_json::parse(text, limit_depth);
        if (deep)
            return Error{"the JSON text is nested deeper than " + std::to_string(max_depth) + " levels"};
        return from_json(json);
    } catch (const nlohmann::json::exception& e) {
        std::string why = e.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ..." says its class first.
        if (auto end = why.find("] "); why.starts_with('[') && end != std::string::npos)
            why.erase(0, end + 2);
        return Error{"not JSON: " + why};
    }
}

}  // namespace arun::script
