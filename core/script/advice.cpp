#include "script/advice.hpp"

#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "base/text.hpp"
#include "script/functions.hpp"
#include "script/names.hpp"

#include <algorithm>
#include <array>

namespace arun::script {
namespace {

struct KeyAdvice {
    std::string_view key;
    std::string_view owner;
    std::string_view hint;
};

constexpr std::string_view in_order =
    "jobs run one after the other; 'parallel' runs several at a time, and 'wait' joins a background job";
constexpr std::string_view on_failure =
    "add a job after it with 'if: failure()'; a 'finally' runs in any case";
constexpr std::string_view otherwise = "write another job after it, with the opposite 'if'";
constexpr std::string_view each_item =
    "write 'for_each: [a, b]' with the jobs under 'do'; 'max_concurrent' runs rounds at the same time";
constexpr std::string_view readiness =
    "write 'ready: {http: URL}', or tcp, file, run or contains, for a job with 'background: true'";
constexpr std::string_view env_file = "give the file on the command line: arun --env-file FILE";
constexpr std::string_view matchers =
    "matchers belong to what is checked: 'stdout: {contains: ...}' of a process, 'body: {contains: ...}' of "
    "http";
constexpr std::string_view other_output =
    "write 'output: ID' with 'contains' or 'matches', for a background job's output";
constexpr std::string_view own_output = "write 'contains' or 'matches', which look at the job's own output";
constexpr std::string_view port = "write 'tcp: \"127.0.0.1:8080\"', a host with its port";

constexpr std::string_view as_user =
    "a process is that of the user who starts arun; write 'sudo' in the command for another";
constexpr std::string_view timezone = "write 'utc: true'; local time is that of the environment variable TZ";
constexpr std::string_view http_body =
    "write 'json: {...}' for JSON, 'form: {...}' for a form, 'body: TEXT' for text";
constexpr std::string_view stdout_of_process =
    "write 'output: {file: PATH}', or 'expect: {stdout: ...}' to check it";
constexpr std::string_view to_file = "write 'output: {file: PATH}'";
constexpr std::string_view basic_auth = "write 'auth: {basic: {user: ..., password: ...}}'";

constexpr std::array key_advice{
    KeyAdvice{"matrix", "job", each_item},
    KeyAdvice{"strategy", "job", each_item},
    KeyAdvice{"loop", "job", each_item},
    KeyAdvice{"with_items", "job", each_item},
    KeyAdvice{"foreach", "job", each_item},
    KeyAdvice{"outputs", "job",
              "write 'capture: r', and read r.stdout after it; r.json is its output as JSON"},
    KeyAdvice{"healthcheck", "job", readiness},
    KeyAdvice{"health_check", "job", readiness},
    KeyAdvice{"readiness_probe", "job", readiness},
    KeyAdvice{"readinessProbe", "job", readiness},
    KeyAdvice{"readiness", "job", readiness},
    KeyAdvice{"availability", "job",
              "'on_exit: fail' makes the end of a service a failure; 'retry' runs it again"},
    KeyAdvice{"concurrency", "job", "'max_concurrent' is an argument of for_each and parallel"},
    KeyAdvice{"needs", "job", in_order},
    KeyAdvice{"depends_on", "job", in_order},
    KeyAdvice{"depends-on", "job", in_order},
    KeyAdvice{"dependencies", "job", in_order},
    KeyAdvice{"deps", "job", in_order},
    KeyAdvice{"requires", "job", in_order},
    KeyAdvice{"restart", "job",
              "'retry: 3' runs a job again when it fails, 'repeat' runs jobs again and again"},
    KeyAdvice{"rescue", "job", on_failure},
    KeyAdvice{"on_failure", "job", on_failure},
    KeyAdvice{"on_error", "job", on_failure},
    KeyAdvice{"catch", "job", on_failure},
    KeyAdvice{"except", "job", on_failure},
    KeyAdvice{"then", "job", "'if' is a key of the job that it decides about; 'do' makes one job of several"},
    KeyAdvice{"else", "job", otherwise},
    KeyAdvice{"elif", "job", otherwise},
    KeyAdvice{"else_if", "job", otherwise},
    KeyAdvice{"while", "job",
              "write 'repeat: {until: EXPR}' with the jobs under 'do'; it ends when EXPR is true"},
    KeyAdvice{"until", "job",
              "write 'expect' and 'retry: {limit: 10, interval: 1s}', or 'repeat: {until: EXPR}' with jobs "
              "under 'do'"},
    KeyAdvice{"for", "job", "write 'for_each: [a, b]' for a loop, and 'sleep: 5s' for a pause"},
    KeyAdvice{"env_file", "job", env_file},
    KeyAdvice{"dotenv", "job", env_file},
    KeyAdvice{"cmds", "job", "write a 'run' for each command, or one of several lines: 'run: |'"},
    KeyAdvice{"commands", "job", "write a 'run' for each command, or one of several lines: 'run: |'"},
    KeyAdvice{"cron", "job",
              "'tick: 1m' runs jobs at intervals; cron or systemd start arun at a time of day"},
    KeyAdvice{"schedule", "job",
              "'tick: 1m' runs jobs at intervals; cron or systemd start arun at a time of day"},
    KeyAdvice{"quiet", "job", "write 'output: discard'; the last lines are shown if the job fails"},
    KeyAdvice{"silent", "job", "write 'output: discard'; the last lines are shown if the job fails"},

    KeyAdvice{"user", "job", as_user},
    KeyAdvice{"sudo", "job", as_user},
    KeyAdvice{"become", "job", as_user},

    KeyAdvice{"log", "job", to_file},
    KeyAdvice{"logfile", "job", to_file},
    KeyAdvice{"log_file", "job", to_file},
    KeyAdvice{"log_location", "job", to_file},
    KeyAdvice{"stdout", "run", stdout_of_process},
    KeyAdvice{"stdout", "exec", stdout_of_process},
    KeyAdvice{"ready_log_line", "job", "write 'ready: {contains: TEXT}' for a job with 'background: true'"},
    KeyAdvice{"path", "output", "did you mean 'file'?"},
    KeyAdvice{"to", "output", "did you mean 'file'?"},
    KeyAdvice{"optional", "input", "leave it out: an input that is not 'required' may be missing"},
    KeyAdvice{"secret", "input", "write 'secrets: [NAME]' at the top of the script"},
    KeyAdvice{"sensitive", "input", "write 'secrets: [NAME]' at the top of the script"},
    KeyAdvice{"text", "stdin", "write the text itself: 'stdin: TEXT'"},
    KeyAdvice{"stderr", "print", "write 'to: stderr'"},
    KeyAdvice{"timezone", "timestamp", timezone},
    KeyAdvice{"tz", "timestamp", timezone},
    KeyAdvice{"seconds", "sleep", "write 'sleep: 5s'"},
    KeyAdvice{"minutes", "sleep", "write 'sleep: 5m'"},
    KeyAdvice{"duration", "sleep", "write 'sleep: 5s'"},
    KeyAdvice{"id", "wait", "write 'wait: ID', or a list of ids"},
    KeyAdvice{"job", "wait", "write 'wait: ID', or a list of ids"},
    KeyAdvice{"id", "cancel", "write 'cancel: ID', or a list of ids"},

    KeyAdvice{"data", "http", http_body},
    KeyAdvice{"payload", "http", http_body},
    KeyAdvice{"params", "http", "did you mean 'query'?"},
    KeyAdvice{"cacert", "http", "did you mean 'ca'?"},
    KeyAdvice{"cafile", "http", "did you mean 'ca'?"},
    KeyAdvice{"ca_cert", "http", "did you mean 'ca'?"},
    KeyAdvice{"files", "http", "did you mean 'multipart'?"},
    KeyAdvice{"inputs", "include", "did you mean 'vars'?"},
    KeyAdvice{"count", "retry", "did you mean 'limit'?"},
    KeyAdvice{"factor", "retry", "did you mean 'backoff'?"},
    KeyAdvice{"multiplier", "retry", "did you mean 'backoff'?"},
    KeyAdvice{"verify", "http", "write 'insecure: true' to accept any certificate"},
    KeyAdvice{"allow_redirects", "http", "did you mean 'follow'?"},
    KeyAdvice{"follow_redirects", "http", "did you mean 'follow'?"},
    KeyAdvice{"dest", "http", "did you mean 'save'?"},
    KeyAdvice{"basic_auth", "http", basic_auth},
    KeyAdvice{"proxy", "http", "write 'env: {http_proxy: URL}', or https_proxy"},
    KeyAdvice{"token", "http", "write 'auth: {bearer: TOKEN}'"},
    KeyAdvice{"user", "http", basic_auth},
    KeyAdvice{"username", "http", basic_auth},
    KeyAdvice{"password", "http", basic_auth},
    KeyAdvice{"user", "auth", basic_auth},
    KeyAdvice{"username", "auth", basic_auth},
    KeyAdvice{"password", "auth", basic_auth},
    KeyAdvice{"token", "auth", "did you mean 'bearer'?"},

    KeyAdvice{"env_file", "script", env_file},
    KeyAdvice{"dotenv", "script", env_file},
    KeyAdvice{"on", "script", "leave it out: a script runs when arun is started"},
    KeyAdvice{"version", "script", "leave it out: there is one version of scripts"},
    KeyAdvice{"stages", "script", in_order},

    KeyAdvice{"file", "include", "did you mean 'script'?"},
    KeyAdvice{"path", "include", "did you mean 'script'?"},

    KeyAdvice{"glob", "for_each",
              "capture the output of 'ls' as r, and write 'in: \"${{ lines(r.stdout) }}\"'"},
    KeyAdvice{"files", "for_each",
              "capture the output of 'ls' as r, and write 'in: \"${{ lines(r.stdout) }}\"'"},
    KeyAdvice{"parallel", "for_each", "did you mean 'max_concurrent'?"},

    KeyAdvice{"log", "wait_for", other_output},
    KeyAdvice{"logs", "wait_for", other_output},
    KeyAdvice{"stdout", "wait_for", other_output},
    KeyAdvice{"regex", "wait_for", "did you mean 'matches'?"},
    KeyAdvice{"pattern", "wait_for", "did you mean 'matches'?"},
    KeyAdvice{"port", "wait_for", port},
    KeyAdvice{"host", "wait_for", port},
    KeyAdvice{"text", "wait_for", "did you mean 'contains'?"},
    KeyAdvice{"job", "wait_for", "write 'wait: ID' for its end, 'output: ID' for words in its output"},
    KeyAdvice{"path", "wait_for", "did you mean 'file'?"},
    KeyAdvice{"url", "wait_for", "did you mean 'http'?"},
    KeyAdvice{"state", "wait_for", "'invert: true' waits until it no longer holds"},

    KeyAdvice{"log", "ready", own_output},
    KeyAdvice{"logs", "ready", own_output},
    KeyAdvice{"stdout", "ready", own_output},
    KeyAdvice{"regex", "ready", "did you mean 'matches'?"},
    KeyAdvice{"pattern", "ready", "did you mean 'matches'?"},
    KeyAdvice{"port", "ready", port},
    KeyAdvice{"host", "ready", port},
    KeyAdvice{"url", "ready", "did you mean 'http'?"},

    KeyAdvice{"contains", "expect", matchers},
    KeyAdvice{"matches", "expect", matchers},
    KeyAdvice{"equals", "expect", matchers},
    KeyAdvice{"not", "expect", matchers},
};

struct NameAdvice {
    std::string_view name;
    std::string_view hint;
};

constexpr std::array name_advice{
    NameAdvice{"inputs", "inputs are variables: write the name of the input alone"},
    NameAdvice{"vars", "variables have no prefix: write the name of the variable alone"},
    NameAdvice{"params", "inputs are variables: write the name of the input alone"},
    NameAdvice{"secrets", "write env.NAME; the script's 'secrets: [NAME]' hides the value in all output"},
    NameAdvice{"environ", "write env.NAME"},
    NameAdvice{"ansible_env", "write env.NAME"},
    NameAdvice{"process", "write env.NAME for a variable of the environment"},
    NameAdvice{"os", "write env.NAME for a variable of the environment"},
    NameAdvice{"github", "write env.GITHUB_NAME; there are script.dir, script.name, run.id and run.host"},
    NameAdvice{"steps", "write jobs.ID.result for the result of the job with that id"},
    NameAdvice{"tasks", "write jobs.ID.result for the result of the job with that id"},
    NameAdvice{"needs", "write jobs.ID.result for the result of the job with that id"},
    NameAdvice{"matrix", "write the name of the loop's variable alone: 'item', or the one in 'as'"},
    NameAdvice{"each", "write the name of the loop's variable alone: 'item', or the one in 'as'"},
    NameAdvice{"runner", "write run.host or run.id"},
    NameAdvice{"index", "write loop.index, the number of the round, from 1"},
    NameAdvice{"iteration", "write loop.index, the number of the round, from 1"},
    NameAdvice{"i", "write loop.index, the number of the round, from 1"},
    NameAdvice{"none", "write null"},
    NameAdvice{"None", "write null"},
    NameAdvice{"nil", "write null"},
    NameAdvice{"undefined", "write null"},
    NameAdvice{"True", "write true"},
    NameAdvice{"False", "write false"},
};

constexpr std::array<std::string_view, 7> http_methods{"GET",    "POST", "PUT",    "PATCH",
                                                       "DELETE", "HEAD", "OPTIONS"};

bool continues_path(char c) {
    return continues_name(c) || c == '.' || c == '[' || c == ']';
}

/// The name with its properties that ends the text; "x" if none does.
std::string_view last_path(std::string_view text) {
    text = trim(text);
    const auto begin = std::ranges::find_if_not(text.rbegin(), text.rend(), continues_path).base();
    const std::string_view path(begin, text.end());
    return !path.empty() && starts_name(path.front()) ? path : "x";
}

/// The name that begins the text, or empty.
std::string_view first_name(std::string_view text) {
    text = trim(text);
    if (text.empty() || !starts_name(text.front())) return {};
    return {text.begin(), std::ranges::find_if_not(text, continues_name)};
}

/// The name, number or text in quotes that begins the text; `other` if none does.
std::string_view first_operand(std::string_view text, std::string_view other) {
    text = trim(text);
    if (text.empty()) return other;
    if (text.front() == '\'' || text.front() == '"') {
        const auto end = text.find(text.front(), 1);
        return end == text.npos ? other : text.substr(0, end + 1);
    }
    const std::string_view operand(text.begin(), std::ranges::find_if_not(text, continues_path));
    return operand.empty() ? other : operand;
}

/// `x | length`, `x | default('a')`
std::string advice_for_filter(std::string_view before, std::string_view after) {
    const auto value = std::string(last_path(before));
    const auto name = first_name(after);
    const auto* function = function_meant(name);
    if (function == nullptr) return "write '||' for an alternative; a filter is a function here: length(x)";
    const auto rest = trim(trim(after).substr(name.size()));
    if (const auto close = rest.find(')'); rest.starts_with('(') && close != rest.npos) {
        const auto arguments = trim(rest.substr(1, close - 1));
        return "write " + std::string(function->name) + '(' + value +
               (arguments.empty() ? "" : ", " + std::string(arguments)) + ')';
    }
    return "write " + call_with(*function, value);
}

/// `$x`, `$HOME`
std::string advice_for_dollar(std::string_view after) {
    const auto name = std::string(first_name(after.starts_with('{') ? after.substr(1) : after));
    if (name.empty()) return {};
    const bool upper_case = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
    return upper_case ? "write env." + name + " for the variable of the environment" : "write " + name;
}

std::string write_call(std::string_view function, std::string_view first, std::string_view second) {
    return "write " + std::string(function) + '(' + std::string(first) + ", " + std::string(second) + ')';
}

/// `not a`, `a in b`, `a is defined`
std::string advice_for_word(std::string_view word, std::string_view before, std::string_view after) {
    const auto value = last_path(before);
    if (word == "and") return "write '&&'";
    if (word == "or") return "write '||'";
    if (word == "in") return write_call("contains", first_operand(after, "list"), value);
    if (word == "not" && first_name(after) == "in")
        return "write '!contains(" + std::string(first_operand(trim(after).substr(2), "list")) + ", " +
               std::string(value) + ")'";
    if (word == "not") return "write '!" + std::string(first_operand(after, "")) + "'";
    if (word == "is") return "write 'x == null' or 'x != null'; default(x, y) is y where x is null";
    if (word == "if" || word == "else" || word == "then") return "write 'c && a || b' for a choice";
    if (word == "eq") return "compare with '=='";
    if (word == "ne") return "compare with '!='";
    if (word == "contains" || word == "matches" || word == "startsWith" || word == "endsWith")
        return write_call(word, value, first_operand(after, "text"));
    return {};
}

}  // namespace

std::string_view advice_for_key(std::string_view key, std::string_view owner) noexcept {
    const auto found = std::ranges::find_if(
        key_advice, [&](const KeyAdvice& advice) { return advice.key == key && advice.owner == owner; });
    return found == key_advice.end() ? std::string_view() : found->hint;
}

std::string call_with(const FunctionSpec& function, std::string_view argument) {
    const auto usage = function.usage;
    const auto open = usage.find('(');
    const auto end = usage.find_first_of(",)", open);
    return std::string(usage.substr(0, open + 1)) + std::string(argument) + std::string(usage.substr(end));
}

const FunctionSpec* function_meant(std::string_view name) {
    if (const auto* function = find_function(name)) return function;
    const auto known = function_for(name);
    return known.empty() ? nullptr : find_function(known);
}

std::string_view advice_for_name(std::string_view name) noexcept {
    const auto found = std::ranges::find(name_advice, name, &NameAdvice::name);
    return found == name_advice.end() ? std::string_view() : found->hint;
}

std::string advice_for_call(std::string_view function, std::string_view arguments) {
    const auto inside = trim(arguments);
    if (equal_ignoring_case(function, "now")) {
        if (inside.empty()) return {};
        return "write date(" + std::string(inside) + ") for the time of day as text";
    }
    if (equal_ignoring_case(function, "env") || equal_ignoring_case(function, "getenv")) {
        const bool quoted = inside.size() > 2 && (inside.front() == '\'' || inside.front() == '"');
        const auto name = quoted ? first_name(inside.substr(1)) : std::string_view();
        return "write env." + std::string(name.empty() ? "NAME" : name);
    }
    if (function == "not") return "write '!(" + std::string(inside) + ")'";
    if (function == "if") return "write 'c && a || b' for a choice";
    return {};
}

bool is_http_method(std::string_view word) noexcept {
    return std::ranges::any_of(http_methods,
                               [&](std::string_view method) { return equal_ignoring_case(method, word); });
}

std::string advice_for_token(std::string_view expression, std::size_t begin, std::size_t end) {
    const auto token = expression.substr(begin, end - begin);
    const auto before = trim(expression.substr(0, begin));
    const auto after = expression.substr(end);
    if (token == "=") {
        if (after.starts_with('~'))
            return write_call("matches", last_path(before), first_operand(after.substr(1), "pattern"));
        if (before.ends_with('=')) return "'==' and '!=' compare strictly already";
        if (before.ends_with('+') || before.ends_with('-')) {
            const auto name = std::string(last_path(before.substr(0, before.size() - 1)));
            return "write 'set: {" + name + ": \"${{ " + name + ' ' + before.back() + ' ' +
                   std::string(first_operand(after, "1")) + " }}\"}'";
        }
        return "compare with '=='";
    }
    if (token == "!" && after.starts_with('~'))
        return "write '!matches(" + std::string(last_path(before)) + ", " +
               std::string(first_operand(after.substr(1), "pattern")) + ")'";
    if (token == "~") return "write format('{0}{1}', a, b) to put texts together, or matches(text, pattern)";
    if (token == "&") return "write '&&'";
    if (token == "|") return advice_for_filter(before, after);
    if (token == "?") {
        if (after.starts_with('?'))
            return write_call("default", last_path(before), first_operand(after.substr(1), "y"));
        if (after.starts_with('.')) return "write '.': a property of null is null";
        return "write 'c && a || b' for a choice";
    }
    if (token == "^" || token == "*") return "there are no powers; write x * x";
    if (token == "$") return advice_for_dollar(after);
    if (token == ":" && before.find('[') != before.npos) return "write slice(list, start, end)";
    if (token == "[")
        return "there is no list in an expression; set a variable to one, or write fromJSON('[1, 2]')";
    if (token == "{")
        return "there is no mapping in an expression; set a variable to one, or write fromJSON('{\"a\": 1}')";
    if (token == "(") {
        // `x.trim()`
        const auto path = last_path(before);
        const auto dot = path.rfind('.');
        if (dot == path.npos || dot + 1 == path.size()) return {};
        const auto* function = function_meant(path.substr(dot + 1));
        if (function == nullptr || function->max_arguments == 0) return "functions are called as name(value)";
        return "write " + call_with(*function, path.substr(0, dot));
    }
    if (!token.empty() && starts_name(token.front())) return advice_for_word(token, before, after);
    return {};
}

std::string advice_for_readiness(std::string_view text) {
    const auto quoted = std::string(text);
    if (text.find("://") != text.npos) return "write {http: \"" + quoted + "\"}";
    if (parse_duration(text)) return "write 'sleep: " + quoted + "' for a pause";
    if (const auto colon = text.rfind(':'); colon != text.npos && is_digits(text.substr(colon + 1)))
        return "write {tcp: \"" + quoted + "\"}";
    if (text.find('/') != text.npos) return "write {file: " + quoted + '}';
    return {};
}

std::string advice_for_mapping(syntax::Node node) {
    auto first = node;
    if (node.is(Type::list) && node.size() > 0) {
        bool found = false;
        node.for_each_item([&](syntax::Node item) {
            if (!found) first = item;
            found = true;
        });
        if (first.is(Type::map)) return "write one mapping, without '- ' before its keys";
    }
    if (!first.is(Type::string)) return {};
    const auto at = first.text().find_first_of("=:");
    if (at == std::string_view::npos || at == 0) return {};
    return "write {" + std::string(trim(first.text().substr(0, at))) + ": ...}";
}

std::string advice_for_matcher(std::string_view text) {
    text = trim(text);
    constexpr std::size_t class_size = 3;  // 2xx
    if (text.size() == class_size && is_digit(text[0]) && lower(text.substr(1)) == "xx") {
        const std::string digit(1, text[0]);
        const std::string next(1, static_cast<char>(text[0] + 1));
        return "write {ge: " + digit + "00, lt: " + (digit == "9" ? "10" : next) + "00}";
    }
    struct Operator {
        std::string_view sign;
        std::string_view matcher;
    };
    constexpr std::array operators{Operator{"<=", "le"},     Operator{">=", "ge"}, Operator{"!=", "not"},
                                   Operator{"==", "equals"}, Operator{"<", "lt"},  Operator{">", "gt"}};
    for (const auto& [sign, matcher] : operators)
        if (text.starts_with(sign))
            return "write {" + std::string(matcher) + ": " + std::string(trim(text.substr(sign.size()))) +
                   '}';
    for (const std::string_view between : {"..", "-"}) {
        const auto at = text.find(between);
        if (at == text.npos || at == 0) continue;
        const auto low = trim(text.substr(0, at));
        const auto high = trim(text.substr(at + between.size()));
        if (is_digits(low) && is_digits(high) && !low.empty() && !high.empty())
            return "write {ge: " + std::string(low) + ", le: " + std::string(high) + '}';
    }
    return {};
}

}  // namespace arun::script
