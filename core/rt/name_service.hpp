/// Lookups of host names by glibc.
#pragma once

namespace arun {

/// Call this before the first lookup. A static executable carries glibc's own lookup in /etc/hosts and DNS;
/// for anything else that /etc/nsswitch.conf names, glibc would load modules of the system's glibc, which
/// crash unless it is of the same version. Does nothing in other executables. Idempotent. Thread-safe.
void use_builtin_name_service() noexcept;

}  // namespace arun
