#!/usr/bin/env python3
"""Makes packages of the static binaries in build-dist: packages.py VERSION OUTPUT ARCHITECTURE...

A tarball and a Debian package for each architecture, an image layout of OCI and a package for npm for all of them. The same
inputs and $SOURCE_DATE_EPOCH give the same bytes."""

import datetime
import glob
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import deb

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
# What the static binary contains, by the Debian package whose copyright file says more.
PARTS = ["libc6", "gcc-12-base", "libssl-dev", "libnghttp2-dev", "zlib1g-dev", "libbrotli-dev", "libuv1-dev", "libfyaml-dev",
         "libpcre2-dev", "nlohmann-json3-dev", "libcli11-dev", "libcurl4-openssl-dev"]
# What is linked only if OpenSSL needs it, and a symbol of it.
OPTIONAL_PARTS = {"libzstd-dev": b"ZSTD_decompress"}
OCI_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


def binary(architecture):
    return pathlib.Path("build-dist", architecture, "stripped", "arun")


def runnable(architecture):
    """How to run a binary here."""
    if architecture == os.uname().machine:
        return [str(binary(architecture))]
    emulator = shutil.which(f"qemu-{architecture}-static")
    if emulator is None:
        sys.exit(f"the completions are written by arun itself: qemu-{architecture}-static is missing")
    return [emulator, str(binary(architecture))]


def notices(architecture):
    """The copyright texts of everything that is linked."""
    text = ["The static binary of arun contains these works. arun's own license is in LICENSE; its source, and that of\n"
            "Debian's packages named here, is public, so that the binary can be linked again with other versions.\n"]
    wanted = [gcc_base() if name == "gcc-12-base" else name for name in PARTS]
    with_symbols = pathlib.Path("build-dist", architecture, "arun").read_bytes()
    wanted += [name for name, symbol in OPTIONAL_PARTS.items() if symbol in with_symbols]
    for package in wanted:
        version = subprocess.check_output(
            ["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}\n", package], text=True).splitlines()[0]
        path = f"/usr/share/doc/{package}/copyright"
        with open(path, encoding="utf-8", errors="replace") as file:
            text.append(f"\n{'=' * 78}\n{version} ({package})\n{'=' * 78}\n\n{file.read()}")
    return "".join(text).encode()


def gcc_base():
    """The package with the copyright text of libstdc++ and libgcc."""
    version = subprocess.check_output(["g++", "-dumpversion"], text=True).strip().split(".")[0]
    return f"gcc-{version}-base"


def tree(architecture):
    """What is installed below a prefix: name -> (mode, bytes)."""
    files = {"bin/arun": (0o755, binary(architecture).read_bytes())}
    for page in sorted(glob.glob("man/*.[1-9]")):
        files[f"share/man/man{page[-1]}/{os.path.basename(page)}"] = (0o644, pathlib.Path(page).read_bytes())
    for shell, path in (("bash", "bash-completion/completions/arun"), ("zsh", "zsh/site-functions/_arun"),
                        ("fish", "fish/vendor_completions.d/arun.fish")):
        completions = subprocess.check_output([*runnable(architecture), "completions", shell])
        files[f"share/{path}"] = (0o644, completions)
    for name in ("LICENSE", "README.md", "CHANGELOG.md"):
        files[f"share/doc/arun/{name}"] = (0o644, pathlib.Path(name).read_bytes())
    files["share/doc/arun/NOTICES"] = (0o644, notices(architecture))
    return files


def tar(files, prefix="", folders=()):
    """An uncompressed archive, sorted, owned by root; `folders` are (name, mode)."""
    modes = {prefix + name: mode for name, mode in folders}
    for name in files:
        parts = (prefix + name).split("/")[:-1]
        for end in range(1, len(parts) + 1):
            modes.setdefault("/".join(parts[:end]), 0o755)
    entries = {**{name: (mode, None) for name, mode in modes.items()},
               **{prefix + name: content for name, content in files.items()}}
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted(entries):
            mode, content = entries[name]
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime, entry.uname, entry.gname = mode, EPOCH, "root", "root"
            if content is None:
                entry.type = tarfile.DIRTYPE
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return output.getvalue()


def packed(data):
    return gzip.compress(data, 9, mtime=0)


def image(version, trees):
    """An image layout of OCI: one image, with a manifest for each architecture. It has nothing but arun, certificates and /tmp."""
    blobs = {}

    def blob(data, media_type, **more):
        digest = hashlib.sha256(data).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = (0o644, data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data), **more}

    def as_json(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    media = "application/vnd.oci.image."
    manifests = []
    created = datetime.datetime.fromtimestamp(EPOCH, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {"org.opencontainers.image.title": "arun", "org.opencontainers.image.version": version,
              "org.opencontainers.image.licenses": "MIT"}
    for architecture, files in trees.items():
        content = {name: files[name] for name in ("bin/arun", "share/doc/arun/LICENSE", "share/doc/arun/NOTICES")}
        certificates = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
        content["etc/ssl/certs/ca-certificates.crt"] = (0o644, certificates.read_bytes())
        layer = tar(content, folders=[("tmp", 0o1777)])
        layer_blob = blob(packed(layer), media + "layer.v1.tar+gzip")
        config = {"created": created, "architecture": OCI_NAMES[architecture], "os": "linux",
                  "config": {"Entrypoint": ["/bin/arun"], "Env": ["PATH=/bin"], "Labels": labels},
                  "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
                  "history": [{"created": created, "created_by": "tools/dist"}]}
        manifest = {"schemaVersion": 2, "mediaType": media + "manifest.v1+json",
                    "config": blob(as_json(config), media + "config.v1+json"), "layers": [layer_blob]}
        manifests.append(blob(as_json(manifest), media + "manifest.v1+json",
                              platform={"architecture": OCI_NAMES[architecture], "os": "linux"}))

    def index(entries):
        return as_json({"schemaVersion": 2, "mediaType": media + "index.v1+json", "manifests": entries})

    # The layout has one entry, so that tools which want one image choose by architecture. Tags have no +.
    tag = version.replace("+", "-")
    names = {"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": f"localhost/arun:{tag}"}
    image_index = blob(index(manifests), media + "index.v1+json", annotations=names)
    blobs["index.json"] = (0o644, index([image_index]))
    blobs["oci-layout"] = (0o644, as_json({"imageLayoutVersion": "1.0.0"}))
    return tar(blobs)


NPM_START = """#!/bin/sh
# Runs the arun of this machine's architecture.
exec "$(dirname "$(readlink -f "$0")")/arun-$(uname -m)" "$@"
"""


def npm(version, trees):
    """A package for npm, whose versions have no build metadata: 0.1.0+12.gabc becomes 0.1.0-12.gabc."""
    cpus = {"x86_64": "x64", "aarch64": "arm64"}
    package = {"name": "arun", "version": version.replace("+", "-"), "license": "MIT",
               "description": "Runs scripts of timed asynchronous jobs, written in JSON, YAML or JSON Lines",
               "bin": {"arun": "bin/arun"}, "os": ["linux"], "cpu": [cpus[each] for each in trees]}
    files = next(iter(trees.values()))
    content = {"package.json": (0o644, json.dumps(package, indent=2).encode() + b"\n"),
               "bin/arun": (0o755, NPM_START.encode())}
    for name in ("LICENSE", "NOTICES", "README.md"):
        content[name] = files[f"share/doc/arun/{name}"]
    for architecture, each in trees.items():
        content[f"bin/arun-{architecture}"] = each["bin/arun"]
    return packed(tar(content, "package/"))


def main():
    version, output, *architectures = sys.argv[1:]
    output = pathlib.Path(output)
    if "@arun.invalid>" in deb.maintainer():
        print(f"The maintainer of the Debian packages is {deb.maintainer()}; DEBFULLNAME and DEBEMAIL set another.", file=sys.stderr)
    trees = {architecture: tree(architecture) for architecture in sorted(architectures)}
    for architecture, files in trees.items():
        name = f"arun-{version}-linux-{architecture}"
        (output / f"{name}.tar.gz").write_bytes(packed(tar(files, name + "/")))
        with tempfile.TemporaryDirectory() as folder:
            deb.build(version, architecture, files, EPOCH, folder, output)
    (output / f"arun-{version}-oci.tar").write_bytes(image(version, trees))
    (output / f"arun-{version}-npm.tgz").write_bytes(npm(version, trees))


if __name__ == "__main__":
    main()
