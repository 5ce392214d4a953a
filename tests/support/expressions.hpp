/// Expressions and templates by themselves: surroundings in which they can be compiled and evaluated.
#pragma once

#include "base/arena.hpp"
#include "plan/expression.hpp"
#include "plan/symbols.hpp"
#include "plan/value.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace arun::test {

/// A value as JSON; what is no number in JSON as text.
inline std::string json_of(const plan::Value& value) {
    std::string out;
    plan::append_json(out, value);
    return out;
}

/// A value as its JSON says it.
inline plan::Value from_json(std::string_view json) {
    return *plan::parse_json(json);
}

/// The compiler's and the runtime's side of expressions, for tests to fill.
class Surroundings final : public plan::NameSink, public plan::EvalContext {
public:
    /// A variable that has a value, given as JSON.
    void set(std::string_view name, std::string_view json) { set(name, from_json(json)); }
    void set(std::string_view name, plan::Value value) {
        values_.insert_or_assign(std::string(name), std::move(value));
    }

    std::map<std::string, std::string, std::less<>> env;
    /// What jobs.ID.* gives, by "ID.result" and its like.
    std::map<std::string, plan::Value, std::less<>> jobs;
    std::uint64_t round = 0;
    bool failed = false;
    bool was_cancelled = false;
    Duration time{};
    /// "3: message; hint", with the column counted from 1 in the text that is compiled.
    std::string errors;
    /// How often variables were read, with what name.
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
        const auto* expression = plan::parse_expression(source->text(), whole, true, arena_, *this);
        if (expression == nullptr) return errors;
        try {
            return json_of(plan::evaluate(*expression, *this));
        } catch (const plan::EvalError& e) {
            return failure_of(e);
        }
    }
    static std::string failure_of(const plan::EvalError& e) {
        return "fails " + std::to_string(e.where().begin + 1) + "-" + std::to_string(e.where().end) + ": " +
               e.what();
    }

    const plan::Symbol& variable(std::string_view name, Span) override { return symbols_.symbol(name); }
    const plan::JobId& job(std::string_view id, Span) override { return symbols_.id(id); }
    const plan::Value* keep(plan::Value value) override { return &literals_.emplace_back(std::move(value)); }
    void error(Span where, std::string message, std::string hint) override {
        if (!errors.empty()) errors += '\n';
        errors += "error " + std::to_string(where.begin + 1) + ": " + message;
        if (!hint.empty()) errors += "; " + hint;
    }
    void loop(Span) override { ++loops; }

    const plan::Value* variable(const plan::Symbol& symbol) const override {
        ++reads[symbol.name];
        const auto found = values_.find(symbol.name);
        return found == values_.end() ? nullptr : &found->second;
    }
    plan::Value environment(std::string_view name) const override {
        const auto found = env.find(name);
        return found == env.end() ? plan::Value() : plan::Value::string(found->second);
    }
    plan::Value environment() const override {
        std::vector<plan::Value::Entry> entries;
        for (const auto& [name, value] : env) entries.emplace_back(name, plan::Value::string(value));
        return plan::Value::map(std::move(entries));
    }
    plan::Value job(const plan::JobId& id, plan::JobProperty property) const override {
        const auto* name = property == plan::JobProperty::result    ? ".result"
                           : property == plan::JobProperty::outcome ? ".outcome"
                                                                    : ".error";
        const auto found = jobs.find(id.name + name);
        return found == jobs.end() ? plan::Value() : found->second;
    }
    plan::Value loop_index() const override {
        return round == 0 ? plan::Value() : plan::Value::number(static_cast<double>(round));
    }
    bool status(plan::Status which) const override {
        switch (which) {
            case plan::Status::success:
                return !failed && !was_cancelled;
            case plan::Status::failure:
                return failed;
            case plan::Status::cancelled:
                return was_cancelled;
            case plan::Status::always:
                return true;
        }
        return false;
    }
    Duration now() const override { return time; }

private:
    Arena arena_;
    plan::Symbols symbols_;
    std::deque<plan::Value> literals_;
    std::vector<std::shared_ptr<const Source>> sources_;
    std::map<std::string, plan::Value, std::less<>> values_;
};

/// An expression, and what it gives in the notation of Surroundings.
struct Row {
    std::string_view text;
    std::string_view gives;
};

}  // namespace arun::test
