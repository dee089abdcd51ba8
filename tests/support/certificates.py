"""A private authority with a server's and a client's certificate of it, made by openssl into a folder."""
import pathlib
import subprocess


def make(folder):
    """{"ca", "cert", "key", "client_cert", "client_key"}: paths of PEM files; the server is 127.0.0.1."""
    folder = pathlib.Path(folder)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *curve, "-subj", "/CN=test authority", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    for name, extension in (("server", "subjectAltName=IP:127.0.0.1"), ("client", "subjectAltName=DNS:client")):
        (folder / f"{name}.ext").write_text(extension + "\n")
        openssl("req", *curve, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    found = {"ca": "ca.pem", "cert": "server.pem", "key": "server.key", "client_cert": "client.pem", "client_key": "client.key"}
    return {word: str(folder / name) for word, name in found.items()}
