/// What a tape has for those who ask again, in the order in which it was asked: by what was asked, not when.
#pragma once

#include "tape/answer_source.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::tape {

class Answers final : public AnswerSource {
public:
    /// Reads the rest of the tape. Throws TapeError.
    explicit Answers(Reader& reader);

    void rewind() noexcept override {
        for (auto& [question, asked] : asked_) asked.given = 0;
    }
    const Answer* next(const Question& question) override;
    const Answer* next_or_last(const Question& question) override;
    bool knows(const Question& question) const override { return count(question) > 0; }
    std::string missing(const Question& question) const override;
    const std::vector<SignalArrival>& signals() const noexcept override { return signals_; }
    std::optional<std::string> text_of_file(const std::string& path, Duration time) override;
    bool is_cut() const noexcept override { return is_cut_; }

private:
    struct Asked {
        std::vector<std::unique_ptr<Answer>> answers;
        std::size_t given = 0;
    };

    const Asked* find(const Question& question) const;
    /// How often it was asked.
    std::size_t count(const Question& question) const;
    /// The question of that kind which is most like this one, for a message; empty if there is none.
    std::string closest(const Question& question) const;
    Answer& add(std::string_view kind, std::string key, const Event& event);
    void arrive(const Event& event, Duration time);

    std::map<std::pair<std::string, std::string>, Asked, std::less<>> asked_;
    std::map<std::int64_t, Answer*> open_;  ///< by the number of the child, request or the like
    std::vector<SignalArrival> signals_;
    bool is_cut_ = true;
    Duration end_{};  ///< when the last event came
};

}  // namespace arun::tape
