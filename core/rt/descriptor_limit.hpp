/// The limit of open descriptors.
#pragma once

#include <sys/resource.h>

#include <optional>

namespace arun {

/// Raises the soft limit of this process to the hard one. Idempotent. Programs that it starts get the
/// original limit: those that use select() cannot handle descriptors above 1023.
void raise_descriptor_limit() noexcept;

/// The limit from before raise_descriptor_limit(); empty if that has changed nothing.
std::optional<rlimit> original_descriptor_limit() noexcept;

/// True if so few descriptors are allowed that a loop's own may be too many.
bool few_descriptors() noexcept;

/// True if `error`, an errno, says that there are too many open descriptors or processes: the same call may
/// succeed once some of them are gone.
bool is_shortage(int error) noexcept;

}  // namespace arun
