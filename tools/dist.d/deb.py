"""The Debian package. It depends on nothing, so it suits every release and all that descends from Debian."""

import email.utils
import gzip
import hashlib
import os
import pathlib
import re
import subprocess
import sys

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PLACEHOLDER = "The arun authors <authors@arun.invalid>"

CONTROL = """Package: arun
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Recommends: ca-certificates
Section: utils
Priority: optional
Description: run scripts of timed asynchronous jobs
 arun runs scripts of jobs, written in JSON, YAML or JSON Lines: programs, HTTP
 requests, timers and checks, one after the other or at the same time, with time
 limits, retries and clean-up. It reports failures with their place in the
 script, for people and for CI systems.
 .
 This package has a static binary, which needs no libraries.
"""

COPYRIGHT = """arun is made by the arun authors. The binary contains libraries of other authors; their copyright notices and
licenses are in /usr/share/doc/arun/NOTICES.gz.

{license}"""

CHANGELOG = """arun ({version}) unstable; urgency=medium

  * See changelog.gz.

 -- {maintainer}  {date}
"""

# The point of this package is a binary that runs everywhere, of libraries that the same distribution maintains.
OVERRIDES = """arun binary: statically-linked-binary [usr/bin/arun]
arun binary: embedded-library * [usr/bin/arun]
arun binary: initial-upload-closes-no-bugs *
"""


def maintainer():
    """Debian's variables DEBFULLNAME and DEBEMAIL; as for its own tools, the latter may have the name too."""
    default_name, default_address = email.utils.parseaddr(PLACEHOLDER)
    name, address = email.utils.parseaddr(os.environ.get("DEBEMAIL", ""))
    text = f"{os.environ.get('DEBFULLNAME') or name or default_name} <{address or default_address}>"
    if not re.fullmatch(r"[^<>\n]+ <[^<>@\s]+@[^<>@\s]+>", text):
        sys.exit(f"DEBFULLNAME and DEBEMAIL make no name and address: {text}")
    return text


def build(version, architecture, files, epoch, folder, output):
    root = pathlib.Path(folder, "root")
    version += "-1"
    document = "usr/share/doc/arun/"
    content = {}
    for name, (mode, data) in files.items():
        name = "usr/" + name
        if name.startswith("usr/share/man/"):
            name, data = name + ".gz", packed(data)
        elif name.endswith("/NOTICES"):
            name, data = name + ".gz", packed(data)
        elif name.endswith("/CHANGELOG.md"):
            name, data = document + "changelog.gz", packed(data)
        elif name.endswith("/LICENSE"):
            name, data = document + "copyright", COPYRIGHT.format(license=data.decode()).encode()
        elif name.startswith("usr/share/zsh/"):
            name = "usr/share/zsh/vendor-completions/_arun"
        content[name] = (mode, data)
    date = email.utils.formatdate(epoch)
    changelog = CHANGELOG.format(version=version, maintainer=maintainer(), date=date)
    content[document + "changelog.Debian.gz"] = (0o644, packed(changelog.encode()))
    content["usr/share/lintian/overrides/arun"] = (0o644, OVERRIDES.encode())
    size = sum((len(data) + 1023) // 1024 for _, data in content.values())
    control = CONTROL.format(version=version, architecture=ARCHITECTURES[architecture], maintainer=maintainer(), size=size)
    content["DEBIAN/control"] = (0o644, control.encode())
    sums = [f"{hashed(data)}  {name}\n" for name, (_, data) in sorted(content.items()) if name.startswith("usr/")]
    content["DEBIAN/md5sums"] = (0o644, "".join(sums).encode())
    for name, (mode, data) in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
    for path, _, _ in os.walk(root):
        os.chmod(path, 0o755)
    # The times of all files become $SOURCE_DATE_EPOCH, since they are later.
    target = output / f"arun_{version}_{ARCHITECTURES[architecture]}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(target)], check=True,
                   stdout=subprocess.DEVNULL)


def packed(data):
    return gzip.compress(data, 9, mtime=0)


def hashed(data):
    return hashlib.md5(data).hexdigest()
