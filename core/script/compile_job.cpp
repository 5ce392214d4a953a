#include "script/compiler.hpp"

#include "base/quote.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <utility>

namespace arun::script {

namespace {

/// Whether a mapping that is a kind's value holds its arguments, or is itself the one that the shorthand
/// stands for:
///
///     - do: {jobs: [{print: a}], timeout: 2s}    # arguments
///     - do: {print: a, timeout: 2s}              # a job
bool holds_arguments(syntax::Node map, const ArgumentSchema& shape) {
    if (shape.bare) return false;
    auto* shorthand = shape.find(shape.shorthand);
    if (shorthand == nullptr || !shorthand->takes_map) return true;
    bool found = false;
    map.for_each_entry(
        [&](syntax::Node key, syntax::Node) { found = found || shape.find(key.text()) != nullptr; });
    return found;
}

/// What a mapping gives for each of a shape's fields; no Node where it gives none.
class FieldValues {
public:
    explicit FieldValues(const ArgumentSchema& shape) : size_(shape.fields.size()) {
        assert(size_ <= most);
        std::uninitialized_value_construct_n(values_, size_);
    }
    syntax::Node& operator[](std::size_t i) noexcept { return values_[i]; }
    operator std::span<const syntax::Node>() const noexcept { return {values_, size_}; }

private:
    static constexpr std::size_t most = 24;
    std::size_t size_;
    union {
        syntax::Node values_[most];  // not more of them than there are fields are made
    };
};

}  // namespace

/// A job's entries, sorted by what they are.
struct Compiler::JobKeys {
    syntax::Node job;
    const KindSpec* kind = nullptr;
    syntax::Node kind_key;
    syntax::Node kind_value;
    std::vector<std::pair<syntax::Node, syntax::Node>> modifiers;
    std::vector<std::pair<syntax::Node, syntax::Node>> others;
};

JobList Compiler::read_jobs(syntax::Node node, std::string_view what) {
    std::vector<Job> jobs;
    auto wanted = result_read_;
    if (node.is(Type::list)) {
        jobs.resize(node.size());
        // A list's result is that of its last job that ran: any, as long as what follows may be skipped.
        std::size_t last_sure = 0;
        std::size_t i = 0;
        node.for_each_item([&](syntax::Node item) {
            if (!(item.is(Type::map) && item.find("if"))) last_sure = i;
            ++i;
        });
        i = 0;
        node.for_each_item([&](syntax::Node item) {
            result_read_ = wanted && i >= last_sure;
            read_job(item, jobs[i++]);
        });
    } else if (node.is(Type::map) || node.is(Type::string)) {
        read_job(node, jobs.emplace_back());
    } else {
        report_mismatch(
            *this, node, what,
            "expected a job or a list of jobs, not " + std::string(type_name(literal_value(node).type())));
    }
    result_read_ = wanted;
    return {arena().copy(jobs)};
}

ChildList Compiler::read_children(syntax::Node node, std::string_view what) {
    std::vector<Job> jobs;
    auto wanted = result_read_;
    auto add = [&](syntax::Node item) {
        const auto group = std::string(kind_->name());
        within("a job of " + group, [&](LexicalScope& inner) {
            inner.isolates = true;
            auto& job = jobs.emplace_back();
            read_job(item, job);
            if (job.modifiers() != nullptr && job.modifiers()->background) {
                error(job.span(), "a job directly in " + group + " cannot be a background job",
                      "put it into a 'do'");
            }
        });
        result_read_ = wanted;
    };
    if (node.is(Type::list)) {
        node.for_each_item(add);
    } else if (node.is(Type::map) || node.is(Type::string)) {
        add(node);
    } else {
        report_mismatch(
            *this, node, what,
            "expected a job or a list of jobs, not " + std::string(type_name(literal_value(node).type())));
    }
    return {arena().copy(jobs)};
}

bool Compiler::sort_keys(syntax::Node node, JobKeys& keys) {
    keys.job = node;
    if (node.is(Type::string)) {
        keys.kind = compilation_.kinds.find(node.text());
        keys.kind_key = node;
        if (keys.kind == nullptr) {
            std::vector<std::string_view> names;
            for (auto* kind : compilation_.kinds.all()) names.push_back(kind->name());
            auto guess = closest(node.text(), names);
            error(node.span(), "expected a job, not the text " + quote_whole(node.text().substr(0, 40)),
                  guess.empty() ? "a job is a mapping such as {print: hello}"
                                : "did you mean " + quote_whole(guess) + "?");
        }
        return keys.kind != nullptr;
    }
    if (!node.is(Type::map)) {
        error(node.span(), "expected a job, not " + std::string(type_name(literal_value(node).type())),
              "a job is a mapping such as {print: hello}");
        return false;
    }
    syntax::Node body_key;
    syntax::Node body;
    syntax::Node second;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        auto* kind = compilation_.kinds.find(key.text());
        if (kind != nullptr && kind->name() == "do") {
            body_key = key;
            body = value;
        } else if (kind != nullptr && keys.kind == nullptr) {
            keys.kind = kind;
            keys.kind_key = key;
            keys.kind_value = value;
        } else if (kind != nullptr) {
            if (!second) second = key;
        } else if (modifier_shape.find(key.text()) != nullptr) {
            keys.modifiers.emplace_back(key, value);
        } else {
            keys.others.emplace_back(key, value);
        }
    });
    if (body_key) {
        if (keys.kind == nullptr) {
            keys.kind = compilation_.kinds.find("do");
            keys.kind_key = body_key;
            keys.kind_value = body;
        } else if (keys.kind->shape.find("do") != nullptr) {
            keys.others.emplace_back(body_key, body);
        } else if (!second) {
            second = body_key;
        }
    }
    if (second) {
        error(second.span(),
              "a job has one kind, not both " + quote_whole(keys.kind_key.text()) + " and " +
                  quote_whole(second.text()),
              "make two jobs of them");
        return false;
    }
    if (keys.kind != nullptr) return true;
    std::vector<std::string_view> names;
    for (auto* kind : compilation_.kinds.all()) names.push_back(kind->name());
    for (auto& [key, value] : keys.others) {
        auto guess = closest(key.text(), names);
        if (guess.empty() && keys.others.size() > 1) continue;
        error(key.span(), "unknown kind of job " + quote_whole(key.text()),
              guess.empty() ? "'arun kinds' lists them" : "did you mean " + quote_whole(guess) + "?");
        return false;
    }
    error(node.span(), "this job says nothing to do: it has no kind", "'arun kinds' lists them");
    return false;
}

const JobHead* Compiler::head(const JobHead& wanted) {
    if (wanted.modifiers != nullptr) return arena().make<JobHead>(wanted);
    if (last_head_ == nullptr || last_head_->kind != wanted.kind || last_head_->source != wanted.source)
        last_head_ = arena().make<JobHead>(wanted);
    return last_head_;
}

void Compiler::read_job(syntax::Node node, Job& job) {
    JobKeys keys;
    if (!sort_keys(node, keys)) return;
    const auto key = keys.kind_key.span();
    job.key_begin = key.begin;
    job.key_end = key.end;
    auto names_before = names_read_;
    if (keys.kind_value) {
        job.text_begin = keys.kind_value.span().begin;
        job.text_end = keys.kind_value.span().end;
    }
    // `timeout` may also stand inside a kind's mapping.
    if (keys.kind_value && keys.kind_value.is(Type::map) && keys.kind->shape.find("timeout") == nullptr) {
        if (holds_arguments(keys.kind_value, keys.kind->shape)) {
            keys.kind_value.for_each_entry([&](syntax::Node key, syntax::Node value) {
                if (key.text() == "timeout") keys.modifiers.emplace_back(key, value);
            });
        }
    }
    bool wanted = result_read_;
    if (keys.modifiers.empty()) {
        job.head = head({keys.kind, nullptr, key.source});
        job.result_read = wanted;
        read_kind(keys, job);
    } else {
        auto* modifiers = arena().make<Modifiers>();
        job.head = head({keys.kind, modifiers, key.source});
        bool background = false;
        for (auto& [key, value] : keys.modifiers) {
            auto name = key.text();
            if (value.is(Type::null)) continue;
            wanted = wanted || name == "capture" || name == "id" || name == "retry";
            if (name == "background") background = value.is(Type::boolean) && value.boolean();
        }
        wanted = wanted || background;  // by `wait: all`
        job.result_read = wanted;
        auto rest = [&] {
            result_read_ = false;
            read_modifiers(keys, *modifiers);
            if (background && modifiers->id != nullptr)
                compilation_.symbols.id(modifiers->id->name).background = true;
            result_read_ = wanted;
            read_kind(keys, job);
        };
        if (background) {
            within("a background job", [&](LexicalScope& inner) {
                inner.isolates = true;
                rest();
            });
        } else {
            rest();
        }
    }
    job.reads_names = names_read_ != names_before;
}

void Compiler::read_modifiers(JobKeys& keys, Modifiers& modifiers) {
    FieldValues values(modifier_shape);
    for (auto& [key, value] : keys.modifiers) {
        auto* f = modifier_shape.find(key.text());
        auto& place = values[static_cast<std::size_t>(f - modifier_shape.fields.data())];
        if (place) error(key.span(), quote_whole(key.text()) + " is given twice");
        if (!value.is(Type::null)) place = value;
    }
    read_fields(values, modifier_shape, &modifiers, keys.kind_key.span());
    modifiers.condition_asks_status = modifiers.condition != nullptr && asks_status(*modifiers.condition);
}

void Compiler::read_kind(JobKeys& keys, Job& job) {
    auto* context = job.modifiers() != nullptr ? job.modifiers()->context : nullptr;
    if (context == nullptr) return read_arguments(keys, job);
    within("a job with a context of its own", [&](LexicalScope& inner) {
        inner.isolates = true;
        if (context->name) {
            inner.named_any = context->name->computed() != nullptr;
            if (!inner.named_any) inner.named = context->name->literal();
        }
        for (auto& variable : context->variables) {
            if (variable.symbol != nullptr)
                compilation_.names.define(*variable.symbol, &inner, variable.span);
        }
        read_arguments(keys, job);
    });
}

void Compiler::read_arguments(JobKeys& keys, Job& job) {
    auto& kind = *keys.kind;
    auto& shape = kind.shape;
    auto* outer = std::exchange(kind_, &kind);
    auto* object = arena().allocate(kind.size, kind.align);
    kind.construct(object);
    job.arguments = object;

    FieldValues values(shape);
    auto index = [&](const ArgumentSpec* f) { return static_cast<std::size_t>(f - shape.fields.data()); };
    auto* shorthand = shape.find(shape.shorthand);
    auto value = keys.kind_value;
    bool mapping = value && value.is(Type::map) && holds_arguments(value, shape);
    bool good = true;
    if (mapping) {
        value.for_each_entry([&](syntax::Node key, syntax::Node item) {
            if (auto* f = shape.find(key.text())) {
                if (!item.is(Type::null)) values[index(f)] = item;
            } else if (key.text() != "timeout") {
                good = false;
                report_unknown(key, shape, false);
            }
        });
    } else if (value && !value.is(Type::null)) {
        if (shorthand != nullptr) {
            values[index(shorthand)] = value;
        } else {
            good = false;
            error(value.span(),
                  quote_whole(shape.name) + " takes a mapping of arguments, not " +
                      std::string(type_name(literal_value(value).type())),
                  "'arun kinds " + std::string(shape.name) + "' shows them");
        }
    }
    for (auto& [key, item] : keys.others) {
        auto* f = shape.find(key.text());
        if (f == nullptr) {
            good = false;
            report_unknown(key, shape, true);
        } else if (values[index(f)]) {
            error(key.span(), quote_whole(key.text()) + " of " + quote_whole(shape.name) + " is given twice");
        } else if (!item.is(Type::null)) {
            values[index(f)] = item;
        }
    }
    bool complete = read_fields(values, shape, object, keys.kind_key.span());
    loop_variable = nullptr;  // of a for_each without a body
    kind_ = outer;
    if (complete && good && kind.check != nullptr) kind.check(*this, object, keys.kind_key);
}

const std::string& Compiler::name_of(const ArgumentSpec& field, const ArgumentSchema& shape) {
    if (last_field_ == &field) return *last_field_name_;
    auto& name = field_names_[&field];
    if (name.empty()) {
        name = field.name == shape.shorthand && shape.fields.size() == 1
                   ? quote_whole(shape.name)
                   : quote_whole(field.name) + " of " + std::string(shape.name);
    }
    last_field_ = &field;
    last_field_name_ = &name;
    return name;
}

bool Compiler::read_fields(std::span<const syntax::Node> values, const ArgumentSchema& shape, void* object,
                           Span place) {
    bool good = true;
    for (std::size_t i = 0; i < shape.fields.size(); ++i) {
        auto& f = shape.fields[i];
        if (values[i]) {
            good = f.read(*this, values[i], name_of(f, shape), object) && good;
        } else if (f.required) {
            good = false;
            error(place,
                  quote_whole(shape.name) + " needs " + quote_whole(f.name) + ": " + std::string(f.help));
        }
    }
    return good;
}

bool Compiler::read_shape(syntax::Node node, const ArgumentSchema& shape, void* object,
                          const OtherKey& other) {
    FieldValues values(shape);
    bool good = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        if (auto* f = shape.find(key.text())) {
            if (!value.is(Type::null)) values[static_cast<std::size_t>(f - shape.fields.data())] = value;
        } else if (!other || !other(key, value)) {
            good = false;
            report_unknown(key, shape, false);
        }
    });
    return read_fields(values, shape, object, node.span()) && good;
}

bool Compiler::read_shape_or_shorthand(syntax::Node node, const ArgumentSchema& shape, void* object) {
    if (node.is(Type::map)) return read_shape(node, shape, object);
    auto* f = shape.find(shape.shorthand);
    return f->read(*this, node, quote_whole(shape.name), object);
}

void Compiler::report_unknown(syntax::Node key, const ArgumentSchema& shape, bool in_job) {
    std::vector<std::string_view> names;
    for (auto& f : shape.fields) names.push_back(f.name);
    if (in_job) {
        for (auto& f : modifier_shape.fields) names.push_back(f.name);
    } else if (modifier_shape.find(key.text()) != nullptr) {
        error(key.span(), quote_whole(key.text()) + " is no argument of " + quote_whole(shape.name),
              "put it beside " + quote_whole(shape.name) + ", not into it");
        return;
    }
    auto guess = closest(key.text(), names);
    std::string hint;
    if (!guess.empty()) {
        hint = "did you mean " + quote_whole(guess) + "?";
    } else if (!names.empty()) {
        hint = in_job ? "'arun kinds " + std::string(shape.name) + "' shows its arguments" : "it takes ";
        for (std::size_t i = 0; !in_job && i < names.size(); ++i)
            hint += (i == 0 ? "" : ", ") + std::string(names[i]);
    }
    error(key.span(), "unknown argument " + quote_whole(key.text()) + " of " + std::string(shape.name), hint);
}

}  // namespace arun::script
