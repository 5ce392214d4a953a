// What the Compiler says about the keys of jobs that it does not know, or that are not where they belong.
#include "base/ascii.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "script/advice.hpp"
#include "script/compiler.hpp"
#include "script/key_synonyms.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {

namespace {

/// "expect: {status: ...}", if one of the arguments is a mapping that has the key. Empty otherwise.
std::string place_inside(const ArgumentSchema& schema, std::string_view key) {
    for (const auto& field : schema.fields)
        if (field.nested != nullptr && field.nested->find(key) != nullptr)
            return std::string(field.name) + ": {" + std::string(key) + ": ...}";
    return {};
}

/// Whether the text of the node is that of a mapping in braces.
bool is_in_braces(syntax::Node node) {
    const auto span = node.span();
    return span.source != nullptr && span.source->text().substr(span.begin).starts_with('{');
}

/// A key that belongs to the job above, from which '- ' separates it:
///
///     - run: make
///     - retry: 3
std::string belongs_above(const std::string& what, syntax::Node job) {
    return what + " belongs to the job above: " +
           (is_in_braces(job) ? "move it into its braces" : "write it there, without '- '");
}

/// "'expect' is an argument of exec, http and run", or empty.
std::string owners_of(std::string_view key, const KindTable& kinds) {
    std::vector<std::string_view> owners;
    for (const auto* kind : kinds.all())
        if (kind->schema.find(key) != nullptr) owners.push_back(kind->name());
    constexpr std::size_t max_listed = 4;
    if (owners.empty() || owners.size() > max_listed) return {};
    return quote_whole(key) + " is an argument of " + join(owners, ", ", " and ") + ": write it next to " +
           (owners.size() == 1 ? "that" : "one of them");
}

/// Whether the key is what other tools call one of the kinds.
bool is_synonym_of_kind(std::string_view key, std::span<const std::string_view> kinds) {
    return std::ranges::any_of(key_synonyms(), [&](const Synonym& synonym) {
        return synonym.word == key && std::ranges::find(kinds, synonym.name) != kinds.end();
    });
}

}  // namespace

bool Compiler::is_like_job(syntax::Node node) const {
    if (!node.is(Type::map)) return false;
    bool found = has_kind(node);
    const auto names = compilation_.kinds.names();
    node.for_each_entry(
        [&](syntax::Node key, syntax::Node) { found = found || is_synonym_of_kind(key.text(), names); });
    return found;
}

/// Jobs by name, as GitHub Actions and Task have them:
///
///     jobs: {build: {run: make}, test: {run: make test}}
bool Compiler::is_named_jobs(syntax::Node map) const {
    if (!map.is(Type::map) || map.size() == 0) return false;
    bool all = true;
    map.for_each_entry([&](syntax::Node key, syntax::Node value) {
        all = all && compilation_.kinds.find(key.text()) == nullptr &&
              modifier_schema.find(key.text()) == nullptr;
        if (!all) return;
        bool like_job = is_like_job(value);
        if (value.is(Type::list))
            value.for_each_item([&](syntax::Node item) { like_job = like_job || is_like_job(item); });
        all = like_job && closest(key.text(), {"jobs"}, key_synonyms()).empty();
    });
    return all;
}

void Compiler::report_named_jobs(syntax::Node node, std::string_view what) {
    syntax::Node first;
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        if (!first) first = key;
    });
    error(first.span(), std::string(what) + ": expected a list of jobs, not a mapping of their names",
          "a job has its name inside: [{name: " + std::string(first.text()) + ", run: ...}, ...]");
}

void Compiler::report_not_jobs(syntax::Node node, std::string_view what) {
    if (node.is(Type::number) && kind_ != nullptr && kind_->name() == "parallel")
        return error(node.span(), std::string(what) + ": expected a list of jobs, not a number",
                     "write {jobs: [...], max_concurrent: " + std::string(node.text()) + "}");
    report_mismatch(*this, node, what,
                    "expected a job or a list of jobs, not " + std::string(type_name(node.type())));
}

void Compiler::report_missing_kind(const JobKeys& keys) {
    const auto names = compilation_.kinds.names();
    const auto unknown = [&](syntax::Node key, std::string hint) {
        error(key.span(), "unknown kind of job " + quote_whole(key.text()), std::move(hint));
    };
    for (const auto& [key, value] : keys.others) {
        const auto word = key.text();
        if (is_http_method(word))
            return unknown(key, "write 'http: URL', and 'method: " + upper(word) + "' next to it");
        if (const auto advice = advice_for_key(word, "job"); !advice.empty())
            return unknown(key, std::string(advice));
        if (keys.others.size() == 1 && is_like_job(value))
            return unknown(key, "a job has its name inside: {name: " + std::string(word) + ", run: ...}");
        if (is_synonym_of_kind(word, names))
            return unknown(key, did_you_mean(word, names, {}, key_synonyms()));
    }
    const auto* above = keys.above != nullptr ? keys.above->kind() : nullptr;
    if (above != nullptr) {
        for (const auto& [key, value] : keys.others) {
            if (above->schema.find(key.text()) != nullptr)
                return unknown(key, belongs_above(quote_whole(key.text()), keys.job));
            if (const auto place = place_inside(above->schema, key.text()); !place.empty())
                return unknown(key, belongs_above("'" + place + "'", keys.job));
        }
    }
    for (const auto& [key, value] : keys.others)
        if (auto owners = owners_of(key.text(), compilation_.kinds); !owners.empty())
            return unknown(key, std::move(owners));
    for (const auto& [key, value] : keys.others) {
        const bool guessed = !closest(key.text(), names).empty();
        if (guessed || keys.others.size() == 1)
            return unknown(key, did_you_mean(key.text(), names, "'arun help kinds' lists them"));
    }
    std::string hint = "'arun help kinds' lists them";
    if (keys.others.empty() && !keys.modifiers.empty()) {
        const auto names_job = [](const auto& modifier) {
            return modifier.first.text() == "name" || modifier.first.text() == "id";
        };
        const auto word = quote_whole(keys.modifiers.front().first.text());
        hint = above != nullptr && std::ranges::none_of(keys.modifiers, names_job)
                   ? belongs_above(word, keys.job)
                   : "write what it does next to " + word + ", such as 'run: make'; " + hint;
    }
    error(keys.job.span(), "this job has no kind, so there is nothing to do", std::move(hint));
}

void Compiler::report_second_kind(const JobKeys& keys, syntax::Node key, syntax::Node value) {
    const auto* second = compilation_.kinds.find(key.text());
    std::string hint = "split it into two jobs";
    const auto* loop = keys.kind->schema.find("do") != nullptr ? keys.kind : second;
    const auto* other = loop == second ? keys.kind : second;
    const auto other_value = other == second ? value : keys.kind_value;
    const bool has_body =
        std::ranges::any_of(keys.others, [](const auto& k) { return k.first.text() == "do"; });
    if (loop->schema.find("do") != nullptr && other->name() != "do") {
        const bool limits = other->name() == "parallel" && !other_value.is(Type::list) &&
                            !other_value.is(Type::map) && loop->schema.find("max_concurrent") != nullptr;
        if (limits) {
            const std::string count = other_value.is(Type::number) ? std::string(other_value.text()) : "0";
            hint = "write 'max_concurrent: " + count + "' for rounds that run at the same time";
        } else if (!has_body) {
            hint = "put " + quote_whole(other->name()) + " under 'do', which has the jobs of a round";
        }
    }
    const bool background = std::ranges::any_of(
        keys.modifiers, [](const auto& modifier) { return modifier.first.text() == "background"; });
    if (second->name() == "wait_for" && background)
        hint = "write 'ready' in place of 'wait_for' for what the start of a background job waits for";
    error(key.span(),
          "a job has one kind, not both " + quote_whole(keys.kind_key.text()) + " and " +
              quote_whole(key.text()),
          std::move(hint));
}

/// `in_job`: the key is next to the kind, where modifiers are too.
void Compiler::report_unknown(syntax::Node key, const ArgumentSchema& schema, bool in_job) {
    const auto fail = [&](std::string hint) {
        error(key.span(), "unknown argument " + quote_whole(key.text()) + " of " + std::string(schema.name),
              std::move(hint));
    };
    if (const auto advice = advice_for_key(key.text(), schema.name); !advice.empty())
        return fail(std::string(advice));
    std::vector<std::string_view> names;
    for (const auto& field : schema.fields) names.push_back(field.name);
    if (in_job) {
        for (const auto& field : modifier_schema.fields) names.push_back(field.name);
        // With one of the kinds that take a `do`, it would be their body.
        for (const auto* kind : compilation_.kinds.all())
            if (schema.name == "do" && kind->schema.find("do") != nullptr) names.push_back(kind->name());
    } else if (modifier_schema.find(key.text()) != nullptr) {
        error(key.span(), quote_whole(key.text()) + " is not an argument of " + quote_whole(schema.name),
              "put it next to " + quote_whole(schema.name) + ", not inside it");
        return;
    }
    const bool is_kind = compilation_.kinds.find(schema.name) != nullptr;
    if (is_kind) {
        if (const auto place = place_inside(schema, key.text()); !place.empty())
            return fail("write '" + place + "'");
        if (in_job && key.text() != "limit" && retry_schema.find(key.text()) != nullptr)
            return fail("write 'retry: {" + std::string(key.text()) + ": ...}'");
        if (const auto advice = advice_for_key(key.text(), "job"); !advice.empty())
            return fail(std::string(advice));
    }
    std::string otherwise;
    if (in_job && key.text() == "delay") {
        otherwise =
            "write 'retry: {interval: 1s}' for the pause between attempts; a pause before the job is a "
            "'sleep'";
    } else if (in_job) {
        otherwise = "'arun help " + std::string(schema.name) + "' shows its arguments";
    } else if (!names.empty()) {
        otherwise = "it takes " + join(names, ", ");
    }
    fail(did_you_mean(key.text(), names, otherwise, key_synonyms()));
}

}  // namespace arun::script
