/* A script of arun as a call, for C; arun-runtime(3). run_script.hpp has it for C++. */
#ifndef ARUN_RUN_SCRIPT_H
#define ARUN_RUN_SCRIPT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Takes what the jobs print, as it comes: `stream` is 1 or 2, as the descriptors. Messages of arun come on 2. */
typedef void (*arun_output)(void* data, int stream, const char* text, size_t size);

/*
 * Runs the script in the file `path` and returns the exit status that arun(1) has for that. `variables` holds
 * "NAME=VALUE" texts up to a null pointer, and may be null. If `output` is null, what is printed goes to the
 * standard output and standard error of the process; else `output` is called with `data`.
 */
int arun_run_script(const char* path, const char* const* variables, arun_output output, void* data);

#ifdef __cplusplus
}
#endif

#endif
