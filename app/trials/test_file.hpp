/// Files of `arun test`: tests of scripts, with the answers that the world gives in them. arun-test(5)
/// describes them.
#pragma once

#include "base/diagnostic.hpp"
#include "cli/options.hpp"
#include "jobs/failure.hpp"
#include "script/compiler.hpp"
#include "script/expectation.hpp"
#include "script/inputs.hpp"
#include "tape/given_answers.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// What is expected of one job.
struct ExpectedJob {
    std::string name;  ///< or the id, or the title in reports
    Span span;
    std::optional<jobs::Outcome> outcome;
    script::ExpectDuration start;  ///< since the start of the run
    script::ExpectDuration duration;
    script::ExpectCode attempts;
    script::ExpectText error;
};

struct ExpectedVariable {
    std::string name;
    Span span;
    const script::Expectation* expectation = nullptr;
};

/// A name, with its place.
struct PlacedText {
    std::string text;
    Span span;
};

/// What is expected of the run.
struct Expected {
    script::ExpectCode exit;
    script::ExpectText out;
    script::ExpectText err;
    script::ExpectDuration duration;
    std::vector<ExpectedVariable> variables;
    std::vector<ExpectedJob> jobs;
    std::vector<PlacedText> order;  ///< jobs that start one after the other
    std::optional<PlacedText> snapshot;
};

/// What a test says of the world, or a file of all its tests.
struct Setting {
    std::vector<std::string> scripts;  ///< paths; those of a test replace those of its file
    std::optional<PlacedText> tape;
    std::vector<script::GivenVariable> variables;
    tape::GivenAnswers::Variables environment;
    std::optional<std::vector<tape::GivenAnswer::Piece>> standard_input;
    std::vector<tape::GivenAnswer> answers;
    std::optional<std::vector<tape::SignalArrival>> signals;
    std::optional<std::string> start_time;  ///< in the time zone of the test
};

struct TestCase {
    std::string name;
    Span span;
    Setting setting;
    Expected expected;
};

struct TestFile {
    std::string path;
    Setting setting;
    std::vector<TestCase> tests;
    // What the tests point into:
    std::shared_ptr<const syntax::Document> document;
    std::unique_ptr<script::Script> script;
};

/// Whether the text is that of such a file: a mapping with `tests`.
bool is_test_file(const syntax::Document& document);

/// Loads a file in YAML or JSON. Null after an error, which is then in `diagnostics`.
std::shared_ptr<const syntax::Document> load_test_document(const std::string& path, Diagnostics& diagnostics);
/// Reads the tests of a file. Null after an error.
std::unique_ptr<TestFile> read_test_file(const std::string& path,
                                         const std::shared_ptr<const syntax::Document>& document,
                                         Diagnostics& diagnostics);

/// Whether --only and --skip choose the test.
bool is_selected(const Options& options, const TestCase& test);

/// A context for values that depend on nothing.
const script::EvalContext& no_context();

}  // namespace arun::app
