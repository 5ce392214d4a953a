# For the tests that need a server: . "$ARUN_SOURCE/tests/e2e/data/serve.sh"
command -v python3 >/dev/null || skip 'python3 is missing'

# serve NAME [ARGUMENT...]: starts data/NAME.py and waits until it listens; its port is in $port, its id in $server.
serve() {
    local name=$1
    shift
    : >"$T/io/port"
    PYTHONDONTWRITEBYTECODE=1 python3 "$ARUN_SOURCE/tests/e2e/data/$name.py" "$@" >"$T/io/port" 2>"$T/io/server" &
    server=$!
    until_true grep -q . "$T/io/port"
    port=$(<"$T/io/port")
}
