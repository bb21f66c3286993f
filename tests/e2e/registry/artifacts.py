"""An image and a chart as small as they get."""
import gzip
import hashlib
import io
import json
import os
import tarfile


def write(folder, name, content):
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def make_image(folder, text):
    """An OCI layout of one image with one file that has that text; the manifest's digest."""
    def blob(media_type, content):
        digest = hashlib.sha256(content).hexdigest()
        write(folder, f"blobs/sha256/{digest}", content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    def encoded(value):
        return json.dumps(value).encode()

    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo("text")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    kind = "application/vnd.oci.image"
    layer = blob(f"{kind}.layer.v1.tar+gzip", gzip.compress(archive.getvalue(), mtime=0))
    config = blob(f"{kind}.config.v1+json", encoded({
        "architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers",
                   "diff_ids": [f"sha256:{hashlib.sha256(archive.getvalue()).hexdigest()}"]}}))
    manifest = blob(f"{kind}.manifest.v1+json", encoded({
        "schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json", "config": config,
        "layers": [layer]}))
    write(folder, "oci-layout", encoded({"imageLayoutVersion": "1.0.0"}))
    write(folder, "index.json", encoded({"schemaVersion": 2, "manifests": [manifest]}))
    return manifest["digest"]


def make_chart(folder, name, version):
    """The sources of a chart, for `helm package`."""
    write(folder, "Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: {version}\n".encode())
    write(folder, "templates/text.yaml", b"apiVersion: v1\nkind: ConfigMap\n"
                                         b"metadata: {name: text}\n")
