#include "rt/errors.hpp"

#include <utility>

namespace arun {

ExceptionGroup::ExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions) {
    Data data;
    const auto count = exceptions.size();
    data.what =
        message + " (" + std::to_string(count) + (count == 1 ? " sub-exception)" : " sub-exceptions)");
    data.message = std::move(message);
    data.exceptions = std::move(exceptions);
    data_ = std::make_shared<const Data>(std::move(data));
}

}  // namespace arun
