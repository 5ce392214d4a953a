// The types of arguments: what a script may write for each, and the errors for anything else.
#include "script/arguments.hpp"

#include "script/kind.hpp"
#include "support/expressions.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <initializer_list>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

enum class Fruit : std::uint8_t { apple, pear, plum };

}  // namespace

template <>
struct arun::script::EnumNames<Fruit> {
    static constexpr std::array<std::string_view, 3> names{"apple", "pear", "plum"};
};

namespace {

/// A kind with an argument of every type.
struct Arguments {
    script::Dyn<bool> boolean{true};
    script::Dyn<Duration> duration{1s};
    script::Dyn<script::PositiveDuration> positive_duration;
    script::Dyn<script::Count> count;
    script::Dyn<script::PositiveCount> positive_count;
    script::Dyn<script::Factor> factor;
    script::Dyn<script::Fraction> fraction;
    script::Dyn<Fruit> fruit{Fruit::pear};
    std::optional<script::Dyn<script::Count>> perhaps;
    script::Boxed<script::Dyn<script::Count>> boxed;
    script::Text text;
    script::TextList texts;
    script::TextMap map;
    script::AnyValue value;
    script::Condition condition;
    script::ConditionList conditions;
    script::IdList ids;
    std::string_view word;
};
constexpr std::array fields{
    script::field<&Arguments::boolean>("boolean", "a boolean"),
    script::field<&Arguments::duration>("duration", "a duration"),
    script::field<&Arguments::positive_duration>("positive_duration", "a duration above 0"),
    script::field<&Arguments::count>("count", "a count"),
    script::field<&Arguments::positive_count>("positive_count", "a count from 1"),
    script::field<&Arguments::factor>("factor", "a factor"),
    script::field<&Arguments::fraction>("fraction", "a fraction"),
    script::field<&Arguments::fruit>("fruit", "a word"),
    script::field<&Arguments::perhaps>("perhaps", "a count or nothing"),
    script::field<&Arguments::boxed>("boxed", "a count or nothing"),
    script::field<&Arguments::text>("text", "a text"),
    script::field<&Arguments::texts>("texts", "texts"),
    script::field<&Arguments::map>("map", "names and texts"),
    script::field<&Arguments::value>("value", "anything"),
    script::field<&Arguments::condition>("condition", "an expression"),
    script::field<&Arguments::conditions>("conditions", "expressions"),
    script::field<&Arguments::ids>("ids", "ids"),
    script::field<&Arguments::word>("word", "a literal text"),
};

const script::KindSpec the_kind = kind_with<Arguments>(fields);
constexpr std::array<const script::KindSpec*, 1> all{&the_kind};

/// One job of that kind, with one argument.
class Sample {
public:
    Sample(const std::string& name, const std::string& value) : compilation_(all) {
        compilation_.add("vars: {x: 1}\njobs:\n- k:\n    " + name + ": " + value + "\n");
        compilation_.check();
        surroundings.set("x", "1");
    }
    std::string errors() const { return compilation_.messages(); }
    const Arguments& operator*() const {
        REQUIRE(errors() == "");
        return *static_cast<const Arguments*>(compilation_.jobs()[0].arguments);
    }
    const Arguments* operator->() const { return &**this; }

    Surroundings surroundings;

private:
    Compilation compilation_;
};

/// The error for a value of an argument, without "'NAME' of k: ". It must point at the value.
std::string refusal(const std::string& name, const std::string& value) {
    const auto errors = Sample(name, value).errors();
    const auto start = "4:" + std::to_string(7 + name.size()) + ": '" + name + "' of k: ";
    if (!errors.starts_with(start)) return errors;
    return errors.substr(start.size());
}

/// The same error for a computed value.
template <class T>
std::string computed(std::string_view json) {
    const auto result = script::Codec<T>::from(from_json(json));
    return result ? "" : result.error().message;
}

}  // namespace

TEST_CASE("a boolean is true or false, or a text that spells one") {
    for (const auto* text : {"true", "True", "TRUE", "'true'"})
        CHECK(Sample("boolean", text)->boolean.literal);
    for (const auto* text : {"false", "'false'"}) CHECK_FALSE(Sample("boolean", text)->boolean.literal);
    CHECK(Sample("boolean", "null")->boolean.literal);
    CHECK(refusal("boolean", "yes") == "expected true or false, not 'yes'");
    CHECK(refusal("boolean", "1") == "expected true or false, not '1'");
    CHECK(refusal("boolean", "'True'") == "expected true or false, not 'True'");
    CHECK(refusal("boolean", "''") == "expected true or false, not ''");
    CHECK(refusal("boolean", "[true]") == "expected true or false, not a list");
    CHECK(refusal("boolean", "{a: 1}") == "expected true or false, not a mapping");
    CHECK(computed<bool>("null") == "expected true or false, not null");
    CHECK(computed<bool>("\"true\"").empty());
}

TEST_CASE("a duration is a number of seconds or a text with units") {
    const auto length = [](const char* text) { return Sample("duration", text)->duration.literal; };
    CHECK(length("0") == 0s);
    CHECK(length("2") == 2s);
    CHECK(length("1.5") == 1500ms);
    CHECK(length("250ms") == 250ms);
    CHECK(length("'1m30s'") == 90s);
    CHECK(length("'2'") == 2s);
    CHECK(length("' 2s '") == 2s);
    CHECK(length("0x10") == 16s);
    CHECK(refusal("duration", "-1") == "a duration cannot be negative");
    CHECK(refusal("duration", "-1s") == "a duration cannot be negative");
    CHECK(refusal("duration", ".nan") == "a duration must be finite");
    CHECK(refusal("duration", ".inf") == "a duration must be finite");
    CHECK(refusal("duration", "5 apples") != "");
    CHECK(refusal("duration", "''") != "");
    CHECK(refusal("duration", "true") == "expected a duration such as 1.5, 250ms or 1m30s, not 'true'");
    CHECK(refusal("duration", "[1]") == "expected a duration such as 1.5, 250ms or 1m30s, not a list");
    CHECK(computed<Duration>("\"1h\"").empty());
    CHECK(computed<Duration>("null") == "expected a duration such as 1.5, 250ms or 1m30s, not null");
}

TEST_CASE("a positive duration cannot be 0") {
    CHECK(Sample("positive_duration", "1ms")->positive_duration.literal.value == 1ms);
    CHECK(refusal("positive_duration", "0") == "expected a duration above 0, not '0'");
    CHECK(refusal("positive_duration", "0s") == "expected a duration above 0, not '0s'");
    CHECK(refusal("positive_duration", "-1") == "a duration cannot be negative");
    CHECK(computed<script::PositiveDuration>("0") == "expected a duration above 0, not '0'");
}

TEST_CASE("a count is a whole number, or a text that spells one") {
    CHECK(Sample("count", "0")->count.literal.value == 0);
    CHECK(Sample("count", "3")->count.literal.value == 3);
    CHECK(Sample("count", "3.0")->count.literal.value == 3);
    CHECK(Sample("count", "1e3")->count.literal.value == 1000);
    CHECK(Sample("count", "'7'")->count.literal.value == 7);
    CHECK(Sample("count", "9007199254740992")->count.literal.value == 9007199254740992);
    CHECK(refusal("count", "-1") == "expected a whole number from 0 up, not '-1'");
    CHECK(refusal("count", "1.5") == "expected a whole number from 0 up, not '1.5'");
    CHECK(refusal("count", "1e300") == "expected a whole number from 0 up, not '1e300'");
    CHECK(refusal("count", ".nan") == "expected a whole number from 0 up, not '.nan'");
    CHECK(refusal("count", ".inf") == "expected a whole number from 0 up, not '.inf'");
    CHECK(refusal("count", "many") == "expected a whole number from 0 up, not 'many'");
    CHECK(refusal("count", "''") == "expected a whole number from 0 up, not ''");
    CHECK(refusal("count", "true") == "expected a whole number from 0 up, not 'true'");
    CHECK(refusal("count", "[1]") == "expected a whole number from 0 up, not a list");
    CHECK(Sample("positive_count", "1")->positive_count.literal.value == 1);
    CHECK(refusal("positive_count", "0") == "expected a whole number from 1 up, not '0'");
    CHECK(computed<script::Count>("null") == "expected a whole number from 0 up, not null");
}

TEST_CASE("factors are numbers from 1 up, fractions from 0 to 1") {
    CHECK(Sample("factor", "1")->factor.literal.value == 1);
    CHECK(Sample("factor", "'2.5'")->factor.literal.value == 2.5);
    CHECK(refusal("factor", "0.5") == "expected a number from 1 up, not '0.5'");
    CHECK(refusal("factor", ".inf") == "expected a number from 1 up, not '.inf'");
    CHECK(refusal("factor", ".nan") == "expected a number from 1 up, not '.nan'");
    CHECK(refusal("factor", "x") == "expected a number from 1 up, not 'x'");
    CHECK(Sample("fraction", "0")->fraction.literal.value == 0);
    CHECK(Sample("fraction", "1")->fraction.literal.value == 1);
    CHECK(Sample("fraction", "'.25'")->fraction.literal.value == 0.25);
    CHECK(refusal("fraction", "1.1") == "expected a number from 0 to 1, not '1.1'");
    CHECK(refusal("fraction", "-0.1") == "expected a number from 0 to 1, not '-0.1'");
    CHECK(refusal("fraction", ".nan") == "expected a number from 0 to 1, not '.nan'");
}

TEST_CASE("an enum takes one of its names") {
    CHECK(Sample("fruit", "apple")->fruit.literal == Fruit::apple);
    CHECK(Sample("fruit", "'plum'")->fruit.literal == Fruit::plum);
    CHECK(Sample("fruit", "null")->fruit.literal == Fruit::pear);
    CHECK(refusal("fruit", "Apple") == "expected apple, pear or plum, not 'Apple'");
    CHECK(refusal("fruit", "1") == "expected apple, pear or plum, not '1'");
    CHECK(refusal("fruit", "[apple]") == "expected apple, pear or plum, not a list");
    CHECK(computed<Fruit>("\"pear\"").empty());
    CHECK(computed<Fruit>("null") == "expected apple, pear or plum, not null");
}

TEST_CASE("long values are cut in messages") {
    const auto message = refusal("count", "'" + std::string(50, 'x') + "'");
    CHECK(message == "expected a whole number from 0 up, not '" + std::string(37, 'x') + "...'");
    // Cut between characters.
    for (const std::string start : {"", "x"}) {
        const auto umlauts = refusal("count", "'" + start + "ääääääääääääääääääääääääääääää'");
        CHECK(umlauts.ends_with("ä...'"));
    }
}

TEST_CASE("an optional argument has a value only if it is given") {
    CHECK_FALSE(Sample("perhaps", "null")->perhaps);
    CHECK(Sample("perhaps", "4")->perhaps->literal.value == 4);
    CHECK(refusal("perhaps", "x") == "expected a whole number from 0 up, not 'x'");
    CHECK_FALSE(Sample("boxed", "null")->boxed);
    CHECK(Sample("boxed", "4")->boxed->literal.value == 4);
    CHECK(refusal("boxed", "x") == "expected a whole number from 0 up, not 'x'");
    static_assert(sizeof(Arguments::boxed) == sizeof(void*));
}

TEST_CASE("a schema has a limited number of fields") {
    std::vector<script::ArgumentSpec> many(script::ArgumentSchema::max_fields);
    CHECK(script::ArgumentSchema("k", many, {}).fields.size() == many.size());
    many.emplace_back();
    CHECK_THROWS_AS(script::ArgumentSchema("k", many, {}), std::length_error);
}

TEST_CASE("a typed argument may be computed, and is checked when it is") {
    const auto get = [](const char* name, const char* text, const char* x, auto member) {
        Sample sample(name, text);
        sample.surroundings.set("x", x);
        try {
            return std::to_string(((*sample).*member).get(sample.surroundings).value);
        } catch (const script::EvalError& e) {
            return std::string(e.what());
        }
    };
    CHECK(get("count", "${{ x }}", "5", &Arguments::count) == "5");
    CHECK(get("count", "${{ x }}", "\"5\"", &Arguments::count) == "5");
    CHECK(get("count", "1${{ x }}", "5", &Arguments::count) == "15");
    CHECK(get("count", "${{ x }}", "-1", &Arguments::count) == "expected a whole number from 0 up, not '-1'");
    CHECK(get("count", "${{ x }}", "null", &Arguments::count) ==
          "expected a whole number from 0 up, not null");
    CHECK(get("count", "${{ x }}", "[1]", &Arguments::count) ==
          "expected a whole number from 0 up, not a list");
    CHECK(get("count", "${{ x }}", "1.5", &Arguments::count) ==
          "expected a whole number from 0 up, not '1.5'");
    Sample sample("fruit", "p${{ x }}");
    sample.surroundings.set("x", "\"lum\"");
    CHECK(sample->fruit.get(sample.surroundings) == Fruit::plum);
    CHECK(Sample("count", "${{ ) }}").errors() == "4:16: unexpected ')', expected a value");
}

TEST_CASE("a text is any scalar as written, or computed") {
    const auto text = [](const char* value) {
        Sample sample("text", value);
        return sample->text.get(sample.surroundings);
    };
    CHECK(text("plain") == "plain");
    CHECK(text("'a: b'") == "a: b");
    CHECK(text("1.10") == "1.10");
    CHECK(text("True") == "True");
    CHECK(text("''") == "");
    CHECK(text("a ${{ x }} b") == "a 1 b");
    CHECK(text("${{ x }}") == "1");
    CHECK(text("${{ null }}") == "");
    CHECK(refusal("text", "[a]") == "expected text, not a list");
    CHECK(refusal("text", "{a: 1}") == "expected text, not a mapping");
}

TEST_CASE("a list of texts has texts only") {
    Sample sample("texts", "[a, 1.0, 'b ${{ x }}', '']");
    REQUIRE(sample->texts.size() == 4);
    CHECK(sample->texts[1].get(sample.surroundings) == "1.0");
    CHECK(sample->texts[2].get(sample.surroundings) == "b 1");
    CHECK(Sample("texts", "[]")->texts.empty());
    CHECK(refusal("texts", "a") == "expected a list of texts, not 'a'");
    CHECK(refusal("texts", "{a: 1}") == "expected a list of texts, not a mapping");
    CHECK(Sample("texts", "[a, null, [b], c]").errors() ==
          "4:16: 'texts' of k: expected text, not null\n4:22: 'texts' of k: expected text, not a list");
}

TEST_CASE("null in a mapping of texts unsets a name") {
    Sample sample("map", "{B: 1, A: null, C: 'x${{ x }}'}");
    REQUIRE(sample->map.size() == 3);
    CHECK(sample->map[0].key == "B");
    CHECK(sample->map[0].value.get(sample.surroundings) == "1");
    CHECK(sample->map[1].unset);
    CHECK_FALSE(sample->map[2].unset);
    CHECK(sample->map[2].value.get(sample.surroundings) == "x1");
    CHECK(refusal("map", "[a]") == "expected a mapping of names and texts, not a list");
    CHECK(Sample("map", "{A: [1]}").errors() == "4:14: 'map' of k: expected text, not a list");
}

TEST_CASE("an argument of any type takes any value") {
    Sample sample("value", "{a: [1.0, '${{ x }}']}");
    CHECK(json_of(script::evaluate(*sample->value.value, sample.surroundings)) == R"({"a":[1.0,1]})");
    CHECK(Sample("value", "null")->value.value == nullptr);
}

TEST_CASE("conditions are expressions, one or a list of them") {
    Sample sample("condition", "x == 1");
    CHECK(json_of(script::evaluate(*sample->condition.expression, sample.surroundings)) == "true");
    CHECK(refusal("condition", "[x]") == "expected an expression, not a list; join them with '&&' or '||'");
    CHECK(Sample("condition", "x = 1").errors() ==
          "4:18: unexpected '=', expected an operator or the end; compare with '=='");
    CHECK(Sample("conditions", "x == 1")->conditions.conditions.size() == 1);
    CHECK(Sample("conditions", "[x == 1, '${{ x }}', true]")->conditions.conditions.size() == 3);
    CHECK(refusal("conditions", "[]") == "expected at least one expression, not a list");
    CHECK(refusal("conditions", "{a: 1}") == "expected an expression, not a mapping");
    CHECK(Sample("conditions", "[x, [x]]").errors() ==
          "4:21: 'conditions' of k: expected an expression, not a list; join them with '&&' or '||'");
}

TEST_CASE("ids are literal names") {
    CHECK(Sample("ids", "all")->ids.all);
    CHECK(Sample("ids", "all")->ids.ids.empty());
    CHECK(Sample("ids", "[]")->ids.ids.empty());
    CHECK(Sample("ids", "a").errors() ==
          "4:10: no job has the id 'a'; write 'id: a' in the job that is meant");
    CHECK(Sample("ids", "[a, b]").errors() ==
          "4:11: no job has the id 'a'; write 'id: a' in the job that is meant\n4:14: no job has the id 'b'; "
          "write 'id: b' in the job that is meant");
    CHECK(refusal("ids", "1a") == "expected the id of a job, not '1a'");
    CHECK(refusal("ids", "{a: 1}") == "expected text, not a mapping");
    CHECK(Sample("ids", "${{ x }}").errors() ==
          "4:10: 'ids' of k cannot be computed; write it out, without '${{ }}'");
}

TEST_CASE("a literal text is not computed") {
    CHECK(Sample("word", "1.10")->word == "1.10");
    CHECK(Sample("word", "'a $b'")->word == "a $b");
    CHECK(Sample("word", "a ${{ x }}").errors() ==
          "4:11: 'word' of k cannot be computed; write it out, without '${{ }}'");
    CHECK(refusal("word", "[a]") == "expected text, not a list");
}
