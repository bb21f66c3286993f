#!/usr/bin/env python3
"""Checks a bundle of evidence: check_evidence.py BUNDLE.zip VERIFIER-KEY

Uses Python's standard library, and openssl for Ed25519. It checks the manifest and its signature,
the checkpoint's signature, the proof of every event, and, where the bundle has the whole log, that
its events give the root that was signed. It does not ask the question again: robotledger
check-evidence does.
"""
import base64
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile

DER_BEFORE_KEY = bytes.fromhex("302a300506032b6570032100")


def check(condition, what):
    if not condition:
        sys.exit("WRONG: " + what)


def sha256(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha256(b"\1" + left + right)


def read_key(text):
    """NAME+ID+base64(0x01, 32 bytes): the name and the bytes."""
    name, key_id, key = text.strip().split("+", 2)
    raw = base64.b64decode(key, validate=True)
    check(len(raw) == 33 and raw[0] == 1, "the verifier key is no Ed25519 key")
    check(sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id, "the key's id is another's")
    return name, raw


def verified_text(note, key):
    """The text of a note that has one signature, the key's."""
    name, raw = key
    text, _, signature = note.decode().partition("\n\n")
    text += "\n"
    dash, signer, encoded = signature.rstrip("\n").split(" ")
    blob = base64.b64decode(encoded, validate=True)
    check(dash == "\u2014" and signer == name, "the note is signed by " + signer)
    check(blob[:4] == sha256(name.encode() + b"\n" + raw)[:4], "the note is signed by another key")
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": DER_BEFORE_KEY + raw[1:], "text": text.encode(), "signature": blob[4:]}
        for file, data in files.items():
            with open(os.path.join(folder, file), "wb") as out:
                out.write(data)
        ran = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER",
                              "-inkey", "key", "-rawin", "-in", "text", "-sigfile", "signature"],
                             cwd=folder, capture_output=True, check=False)
    check(ran.returncode == 0, "the signature is not good")
    return text


def root_from_path(leaf, index, size, path):
    """RFC 9162, 2.1.3.2, which is the proof of RFC 6962, 2.1.1, read from the leaf up."""
    at, last, root = index, size - 1, leaf
    for other in path:
        check(last > 0, "a proof is too long")
        if at & 1 or at == last:
            root = node(other, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node(root, other)
        at, last = at >> 1, last >> 1
    check(last == 0, "a proof is too short")
    return root


def root_of(leaves):
    """RFC 6962, 2.1, with full subtrees merged as they are completed."""
    stack = []
    for number, leaf in enumerate(leaves, 1):
        stack.append(leaf)
        while number & 1 == 0:
            right = stack.pop()
            stack.append(node(stack.pop(), right))
            number >>= 1
    root = stack.pop()
    while stack:
        root = node(stack.pop(), root)
    return root


def entries_of(bundle):
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        check(len(bundle) >= 2 + length, "a bundle of entries ends within one")
        yield bundle[2:2 + length]
        bundle = bundle[2 + length:]


def bundle_path(index, width):
    path = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03}/{path}"
    return f"log/tile/entries/{path}" + (f".p/{width}" if width < 256 else "")


def check_event(files, name, note, size, root):
    index = int(name[len("events/"):-len(".bin")])
    lines, _, rest = files[name[:-len("bin")] + "tlog-proof"].decode().partition("\n\n")
    first, second, *path = lines.split("\n")
    check(first == "c2sp.org/tlog-proof@v1" and second == f"index {index}", name + ": no proof")
    check(rest.encode() == note, name + ": its proof is of another checkpoint")
    hashes = [base64.b64decode(one, validate=True) for one in path]
    check(index < size and root_from_path(sha256(b"\0" + files[name]), index, size, hashes) == root,
          name + " is not in the log")
    return index


def check_log(files, size, root, events):
    check(files["log/checkpoint"] == files["checkpoint"], "log/checkpoint is another")
    leaves = []
    for start in range(0, size, 256):
        width = min(256, size - start)
        found = list(entries_of(files[bundle_path(start // 256, width)]))
        check(len(found) == width, "a bundle of entries has another number of them")
        for index, entry in enumerate(found, start):
            check(index not in events or files[f"events/{index}.bin"] == entry,
                  f"event {index} is another one in the log")
            leaves.append(sha256(b"\0" + entry))
    check(root_of(leaves) == root, "the log's events do not give the root that was signed")


def main(bundle, key_text):
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        check(len(set(names)) == len(names), "a name is twice in the bundle")
        files = {name: archive.read(name) for name in names}
    key = read_key(key_text)
    check(files["verifier-key.txt"].decode().strip() == key_text.strip(),
          "the bundle has another key than yours")

    manifest = files["manifest.txt"]
    signed = verified_text(files["manifest.note"], key)
    check(signed == f"robotledger evidence v1\n{sha256(manifest).hex()}  manifest.txt\n",
          "manifest.txt is not the one that was signed")
    listed = "".join(f"{sha256(files[name]).hex()}  {name}\n" for name in sorted(files)
                     if not name.startswith("manifest."))
    check(listed.encode() == manifest, "the files are not those of manifest.txt")

    origin, size, root = verified_text(files["checkpoint"], key).split("\n")[:3]
    check(origin == key[0], "the checkpoint is another log's")
    size, root = int(size), base64.b64decode(root, validate=True)
    events = {check_event(files, name, files["checkpoint"], size, root)
              for name in names if name.startswith("events/") and name.endswith(".bin")}
    if "log/checkpoint" in files:
        check_log(files, size, root, events)
        print(f"Right: {len(events)} events are in the log, and all {size} events of it are here.")
    else:
        print(f"Right: {len(events)} events are in the log. The log is not here, so that nobody "
              "can tell whether others are missing.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
