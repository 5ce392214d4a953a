/* Runs a script, and says how it ended. */
#include <arun/run_script.h>

#include <stdio.h>

static void count(void* data, int stream, const char* text, size_t size) {
    (void)text;
    if (stream == 1) *(size_t*)data += size;
}

int main(int argc, char** argv) {
    const char* const variables[] = {"greeting=hello", NULL};
    size_t size = 0;
    int status = 0;
    if (argc < 2) return 2;
    status = arun_run_script(argv[1], variables, count, &size);
    printf("exit status %d, %zu bytes\n", status, size);
    return 0;
}
