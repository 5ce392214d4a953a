#!/usr/bin/env bash
# The static binary in a root folder that has nothing else but /dev/null: no C library, no shell, no /proc, no configuration.
LIMIT=120
. "${BASH_SOURCE%/*}/../e2e/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"

[ "$(id -u)" = 0 ] || skip 'chroot needs root'
root=$PWD/root
# libuv opens /dev/null, which every container has.
mkdir -p "$root/bin" "$root/dev"
mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || skip 'mknod is not permitted'
cp "$ARUN" "$root/bin/arun"
cp -r "$ARUN_SOURCE/scripts" "$root/scripts"
inside() { run_command chroot "$root" /bin/arun "$@"; }

# Nothing is loaded when it starts.
! ldd "$ARUN" >/dev/null 2>&1 || fail 'it has a dynamic section'
inside --version
assert_exit 0
assert_stdout_contains libcurl/ OpenSSL/ nghttp2/ zlib/ brotli/

# Demos: the tutorial's scripts print what they print elsewhere.
for script in "$root"/scripts/demo*.json; do
    name=/scripts/${script##*/}
    options=(--virtual --start-time 2024-01-01T12:00:00Z)
    [ ! -f "$script.args" ] || mapfile -t options <"$script.args"
    inside "${options[@]}" "$name"
    cmp "$T/io/stdout" "$script.out" || fail "$name does not print what it should"
done

# Names come from /etc/hosts, and from DNS, whatever nsswitch.conf says.
serve http_server
plain=$port
get() {
    inside --format yaml - <<<"{'env': {$1}, 'jobs': [{'http': {'url': '$2'}, 'timeout': '20s', 'expect': {'body': 'fine'}}]}"
}
get '' "http://127.0.0.1:$plain/ok"
assert_exit 0
mkdir "$root/etc"
echo '127.0.0.1 here.test' >"$root/etc/hosts"
echo 'hosts: mymachines resolve [!UNAVAIL=return] myhostname' >"$root/etc/nsswitch.conf"
get '' "http://here.test:$plain/ok"
assert_exit 0
inside --format yaml - <<<"[{'wait_for': {'tcp': 'here.test:$plain'}, 'timeout': '20s'}]"
assert_exit 0
echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"
if serve dns_server there.test 127.0.0.1 && [ "$port" = 53 ]; then
    get '' "http://there.test:$plain/ok"
    assert_exit 0
    inside --format yaml - <<<"[{'wait_for': {'tcp': 'there.test:$plain'}, 'timeout': '20s'}]"
    assert_exit 0
    get '' "http://nowhere.test:$plain/ok"
    assert_exit 1
    assert_stderr_contains "cannot resolve the host name 'nowhere.test'"
fi

# HTTPS: the trusted certificates are found where systems keep them, and missed with a hint.
pem=$ARUN_SOURCE/tests/e2e/data/localhost.pem
serve http_server "$pem"
echo '127.0.0.1 localhost' >>"$root/etc/hosts"
get '' "https://localhost:$port/ok"
assert_exit 1
assert_stderr_contains "cannot verify the certificate of localhost:$port" 'install the package ca-certificates, or set SSL_CERT_FILE'
for place in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \
    /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/cert.pem; do
    mkdir -p "$root${place%/*}"
    cp "$pem" "$root$place"
    get '' "https://localhost:$port/ok"
    assert_exit 0
    rm -r "$root/etc/ssl" "$root/etc/pki" 2>/dev/null
done
cp "$pem" "$root/own.pem"
get "'SSL_CERT_FILE': /own.pem" "https://localhost:$port/ok"
assert_exit 0
get "'CURL_CA_BUNDLE': /own.pem" "https://localhost:$port/ok"
assert_exit 0
mkdir -p "$root/etc/ssl"
: >"$root/etc/ssl/cert.pem"
get '' "https://localhost:$port/ok"
assert_exit 1

# OpenSSL's configuration, which may name modules to load, is not read.
rm -r "$root/etc/ssl"
mkdir -p "$root/usr/lib/ssl"
printf '%s\n' 'openssl_conf = a' '[a]' 'providers = b' '[b]' 'default = c' '[c]' 'module = /none.so' 'activate = 1' \
    >"$root/usr/lib/ssl/openssl.cnf"
get "'SSL_CERT_FILE': /own.pem" "https://localhost:$port/ok"
assert_exit 0
