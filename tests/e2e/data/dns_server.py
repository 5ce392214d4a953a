"""A DNS server that knows one name: dns_server.py NAME ADDRESS. Prints 53 when it listens; exits if it may not."""
import socket
import struct
import sys

name = b"".join(bytes([len(part)]) + part.encode() for part in sys.argv[1].split(".")) + b"\0"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    try:
        server.bind(("127.0.0.1", 53))
    except OSError:
        print(0, flush=True)
        sys.exit()
    print(53, flush=True)
    while True:
        query, client = server.recvfrom(512)
        end = query.index(b"\0", 12) + 1
        question = query[12 : end + 4]
        (kind,) = struct.unpack_from(">H", query, end)
        known = query[12:end].lower() == name
        answer = b""
        if known and kind == 1:
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(sys.argv[2])
        flags = 0x8180 if known else 0x8183
        server.sendto(query[:2] + struct.pack(">HHHHH", flags, 1, 1 if answer else 0, 0, 0) + question + answer, client)
