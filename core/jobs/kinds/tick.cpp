#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"
#include "rt/sleep.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <optional>

namespace arun {

namespace jobs {
enum class Missed : std::uint8_t { skip, burst, delay };
}

template <>
struct script::EnumNames<jobs::Missed> {
    static constexpr std::array<std::string_view, 3> names{"skip", "burst", "delay"};
};

}  // namespace arun

namespace arun::jobs {

namespace {

using script::Value;

/// The times of slots: slot k begins k * every after the start of the grid.
class Grid {
public:
    Grid(Duration start, Duration every) : start_(start), every_(every) {}
    /// Saturates at the largest Duration.
    Duration at(std::int64_t k) const noexcept {
        std::int64_t offset = 0;
        std::int64_t time = 0;
        if (__builtin_mul_overflow(k, every_.count(), &offset) ||
            __builtin_add_overflow(start_.count(), offset, &time))
            return Duration::max();
        return Duration(time);
    }
    /// The first slot from `k` on that does not begin before `time`.
    std::int64_t first_from(std::int64_t k, Duration time) const noexcept {
        if (at(k) >= time) return k;
        const std::int64_t behind = (time - start_).count();
        return std::max<std::int64_t>(k, (behind + every_.count() - 1) / every_.count());
    }
    /// Moves slot `k` to `time`, and the later ones with it.
    void shift(std::int64_t k, Duration time) noexcept { start_ += time - at(k); }

private:
    Duration start_;
    Duration every_;
};

struct Tick {
    struct Arguments {
        script::Dyn<script::PositiveDuration> every;
        std::optional<script::Dyn<script::Count>> count;
        std::optional<script::Dyn<Duration>> length;
        script::LoopCondition until;
        script::Dyn<Missed> missed{Missed::skip};
        script::LoopBody body;
    };
    static constexpr std::string_view name = "tick";
    static constexpr std::string_view summary = "runs jobs at regular times, without drift";
    static constexpr std::string_view result = "the number of times that the jobs ran";
    static constexpr const script::ResultType& result_type = script::result_types::number;
    static constexpr std::string_view shorthand = "every";
    static constexpr std::string_view notes =
        "The body starts at the beginning of each slot, at start + k * `every`, however long "
        "it runs: there is no drift. The tick ends at the end of its last slot, so ten ticks "
        "of 1s take 10s. With `for`, it ends when that time has passed; a body that runs then "
        "is not interrupted. With neither `count` nor `for`, it goes on until it is "
        "cancelled.\n\n"
        "When a body runs longer than its slot, `missed` decides about the slots that it ran "
        "over. `skip` drops them; they use up `count`. `burst` runs them at once until it has "
        "caught up. `delay` runs the next one at once and starts a new grid there; the end "
        "moves with it, unless `for` sets it.\n\n"
        "`until` is evaluated after each body; when it is true, the tick ends at once. If the "
        "slots run out first, the tick fails. `loop.index` counts the bodies that have run, "
        "from 1.";
    static constexpr std::string_view example = "- tick: 1s\n  count: 10\n  do: {timestamp: \"%X\"}\n";
    static constexpr std::array fields{
        script::field<&Arguments::every>("every", "the length of a slot", {.required = true}),
        script::field<&Arguments::count>("count", "the number of slots"),
        script::field<&Arguments::length>("for", "the length of the whole tick, instead of a count"),
        script::field<&Arguments::until>("until", "ends the tick when it is true after a body"),
        script::field<&Arguments::missed>("missed", "what happens to slots that a body ran over",
                                          {.fallback = "skip"}),
        script::field<&Arguments::body>("do", "the body: the jobs of a slot"),
    };

    static bool lists_rounds(const Arguments& arguments) {
        constexpr auto limit = static_cast<std::int64_t>(max_listed_rounds);
        if (arguments.count)
            return arguments.count->computed != nullptr || arguments.count->literal.value <= limit;
        if (!arguments.length) return false;
        if (arguments.length->computed != nullptr || arguments.every.computed != nullptr) return true;
        return arguments.length->literal / arguments.every.literal.value < limit;
    }

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        if (arguments.count && arguments.length)
            compiler.error(key.span(), "'tick' takes count or for, not both");
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto& loop = *scope.engine().loop;
        auto start = loop.time();
        Grid grid(start, arguments.every.get(scope).value);
        auto count =
            arguments.count ? arguments.count->get(scope).value : std::numeric_limits<std::int64_t>::max();
        auto end = arguments.length ? start + std::min(arguments.length->get(scope), Duration::max() - start)
                                    : Duration::max();
        auto missed = arguments.missed.get(scope);
        const auto slots = arguments.length ? (end - start) / arguments.every.get(scope).value : count;
        const bool listed = slots <= static_cast<std::int64_t>(max_listed_rounds);
        Scope round(scope);
        Round here{scope.job(), 0, nullptr, listed, scope.rounds()};
        round.set_round(here);
        std::uint64_t rounds = 0;
        for (std::int64_t k = 0; k < count;) {
            auto time = grid.at(k);
            if (time >= end || loop.time() >= end) break;
            co_await sleep_until(time);
            here.index = ++rounds;
            {
                RoundWatch watch(scope, here);
                try {
                    auto body = run_list(round, arguments.body);
                    if (!body.ready()) co_await std::move(body).coroutine();
                } catch (const std::exception&) {
                    watch.ended(Outcome::failure);
                    throw;
                }
                watch.ended(Outcome::success);
            }
            if (arguments.until && script::evaluate(*arguments.until.expression, round).truthy()) {
                co_return Value::number(rounds);
            }
            ++k;
            auto now = loop.time();
            if (k >= count || now <= grid.at(k)) continue;
            if (missed == Missed::skip) k = grid.first_from(k, now);
            if (missed == Missed::delay) grid.shift(k, now);
        }
        // The end of `for`, or that of the last slot.
        auto last = end;
        if (!arguments.length) last = grid.at(count);
        co_await sleep_until(last);
        if (arguments.until) fail(scope, "until never became true");
        co_return Value::number(rounds);
    }
};

}  // namespace

ARUN_JOB_KIND(tick, Tick)

}  // namespace arun::jobs
