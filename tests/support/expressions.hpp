/// Compiles and evaluates single expressions and templates.
#pragma once

#include "base/arena.hpp"
#include "script/expression_parser.hpp"
#include "script/names.hpp"
#include "script/regex.hpp"
#include "script/value.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::test {

/// A value as JSON.
inline std::string json_of(const script::Value& value) {
    std::string out;
    script::append_json(out, value);
    return out;
}

/// The value of a JSON text.
inline script::Value from_json(std::string_view json) {
    return *script::parse_json(json);
}

/// Stands in for the compiler and the runtime: tests set the variables, results and states.
class Surroundings final : public script::NameResolver, public script::EvalContext {
public:
    /// Sets a variable to a value, given as JSON.
    void set(std::string_view name, std::string_view json) { set(name, from_json(json)); }
    void set(std::string_view name, script::Value value) {
        values_.insert_or_assign(std::string(name), std::move(value));
    }

    std::map<std::string, std::string, std::less<>> env;
    /// The values of jobs.ID.*, by "ID.result" etc.
    std::map<std::string, script::Value, std::less<>> jobs;
    std::uint64_t round = 0;
    bool failed = false;
    bool was_cancelled = false;
    Duration time{};
    std::optional<double> drawn = 0.5;
    /// "error 3: message; hint", with the column from 1.
    std::string errors;
    /// How often each variable was read.
    mutable std::map<std::string, int, std::less<>> reads;
    int loops = 0;

    Arena& arena() noexcept { return arena_; }
    /// The value of an expression as JSON; "error COLUMN: MESSAGE; HINT" if it cannot be compiled, "fails
    /// FROM-TO: MESSAGE" if it cannot be evaluated. FROM and TO are the columns of the first and last
    /// character.
    std::string operator()(std::string_view text) {
        auto source = std::make_shared<const Source>("e", std::string(text));
        sources_.push_back(source);
        errors.clear();
        const Span whole{source.get(), 0, static_cast<std::uint32_t>(source->text().size())};
        const auto* expression = script::parse_expression(source->text(), whole, true, arena_, *this);
        if (expression == nullptr) return errors;
        try {
            return json_of(script::evaluate(*expression, *this));
        } catch (const script::EvalError& e) {
            return failure_of(e);
        }
    }
    static std::string failure_of(const script::EvalError& e) {
        return "fails " + std::to_string(e.where().begin + 1) + "-" + std::to_string(e.where().end) + ": " +
               e.what();
    }

    const script::Symbol& variable(std::string_view name, Span) override { return symbols_.symbol(name); }
    const script::JobId& job(std::string_view id, Span) override { return symbols_.id(id); }
    const script::Value* keep(script::Value value) override {
        return &literals_.emplace_back(std::move(value));
    }
    const script::Regex* keep(std::shared_ptr<const script::Regex> pattern) override {
        return patterns_.emplace_back(std::move(pattern)).get();
    }
    void error(Span where, std::string message, std::string hint) override {
        if (!errors.empty()) errors += '\n';
        errors += "error " + std::to_string(where.begin + 1) + ": " + message;
        if (!hint.empty()) errors += "; " + hint;
    }
    script::Value script_property(std::string_view name) override {
        return script::Value::string(name == "dir" ? "/scripts" : "the script");
    }
    void loop(Span) override { ++loops; }

    const script::Value* variable(const script::Symbol& symbol) const override {
        ++reads[symbol.name];
        const auto found = values_.find(symbol.name);
        return found == values_.end() ? nullptr : &found->second;
    }
    script::Value environment(std::string_view name) const override {
        const auto found = env.find(name);
        return found == env.end() ? script::Value() : script::Value::string(found->second);
    }
    script::Value environment() const override {
        std::vector<script::Value::Entry> entries;
        for (const auto& [name, value] : env) entries.emplace_back(name, script::Value::string(value));
        return script::Value::map(std::move(entries));
    }
    script::Value job(const script::JobId& id, script::JobProperty property) const override {
        const auto* name = property == script::JobProperty::result    ? ".result"
                           : property == script::JobProperty::outcome ? ".outcome"
                                                                      : ".error";
        const auto found = jobs.find(id.name + name);
        return found == jobs.end() ? script::Value() : found->second;
    }
    script::Value loop_index() const override {
        return round == 0 ? script::Value() : script::Value::number(static_cast<double>(round));
    }
    bool status(script::Status which) const override {
        switch (which) {
            case script::Status::success:
                return !failed && !was_cancelled;
            case script::Status::failure:
                return failed;
            case script::Status::cancelled:
                return was_cancelled;
            case script::Status::always:
                return true;
        }
        return false;
    }
    Duration now() const override { return time; }
    script::Value run_property(std::string_view name) const override {
        return script::Value::string("the " + std::string(name));
    }
    std::chrono::system_clock::time_point wall_time() const override {
        using Unit = std::chrono::system_clock::duration;  // not always nanoseconds
        const auto since = std::chrono::duration_cast<Unit>(std::chrono::seconds(1'704'110'400) + time);
        return std::chrono::system_clock::time_point(since);
    }
    std::optional<double> random() const override { return drawn; }

private:
    Arena arena_;
    script::Symbols symbols_;
    std::deque<script::Value> literals_;
    std::vector<std::shared_ptr<const script::Regex>> patterns_;
    std::vector<std::shared_ptr<const Source>> sources_;
    std::map<std::string, script::Value, std::less<>> values_;
};

/// An expression, and its value as Surroundings returns it.
struct Row {
    std::string_view text;
    std::string_view gives;
};

inline void check_rows(Surroundings& s, std::initializer_list<Row> rows) {
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(s(row.text) == row.gives);
    }
}

inline std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace arun::test
