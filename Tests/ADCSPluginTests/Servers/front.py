# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A web server that signs people in for real, in front of the pages of a Windows CA.

Apache with mod_auth_gssapi stands for IIS: one address wants NTLM (checked by gss-ntlmssp), one wants Kerberos (tickets
of a throw-away KDC), one offers both. Behind it stand the pages: those of pages.py, or another server with --pages.

Usage: front.py [--pages URL] [--domain NAME]. Prints one line of JSON with what a client needs, then serves until standard
input is closed. The pages learn from the header X-Remote-User who signed in.
Needs what `Scripts/bootstrap --tests` installs; runs as root and as anybody else, without systemd, on free ports of the
loopback address, in a folder of its own that is removed at the end.
"""
import argparse
import json
import os
import pathlib
import pwd
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

REALM = "EXAMPLE.TEST"
USER, PASSWORD = "svc-certway", "Pa55 wörd+/="
HERE = pathlib.Path(__file__).parent


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Front:
    def __init__(self, pages, domain):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="certway-front-"))
        # Apache's children run as another user when root starts it.
        self.folder.chmod(0o755)
        self.pages = pages
        self.domain = domain
        self.children = []
        self.ports = dict(zip(["kdc", "pages", "ntlm", "krb5", "both"], free_ports(5)))
        self.krb5_environment = {
            "KRB5_CONFIG": str(self.folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
            "KRB5RCACHETYPE": "none",
        }

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def run(self, *command, environment=None, text=None):
        done = subprocess.run(
            command, input=text, text=True, capture_output=True, timeout=60, cwd=self.folder,
            env={**os.environ, **self.krb5_environment, **(environment or {})})
        if done.returncode != 0:
            raise SystemExit(f"{command[0]} failed: {done.stdout} {done.stderr}")
        return done.stdout

    def start(self, name, *command, environment=None):
        log = open(self.folder / f"{name}.log", "wb")
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
            env={**os.environ, **self.krb5_environment, **(environment or {})})
        self.children.append(child)
        return child

    def wait_for(self, port, name):
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{name} does not listen: {(self.folder / (name + '.log')).read_text()}")

    # Kerberos

    def start_kdc(self):
        self.write("krb5.conf", f"""
[libdefaults]
 default_realm = {REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 clockskew = 2
[realms]
 {REALM} = {{
  kdc = 127.0.0.1:{self.ports['kdc']}
 }}
[domain_realm]
 localhost = {REALM}
""")
        self.write("kdc.conf", f"""
[kdcdefaults]
 kdc_listen = ""
 kdc_tcp_listen = 127.0.0.1:{self.ports['kdc']}
[realms]
 {REALM} = {{
  database_name = {self.folder}/principal
  key_stash_file = {self.folder}/stash
  acl_file = {self.folder}/kadm5.acl
 }}
""")
        self.write("kadm5.acl", "")
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        self.admin(f'addprinc -pw "{PASSWORD}" {USER}')
        self.admin("addprinc -randkey HTTP/localhost")
        self.admin(f"ktadd -k {self.folder}/http.keytab HTTP/localhost")
        self.admin(f"ktadd -norandkey -k {self.folder}/client.keytab {USER}")
        (self.folder / "http.keytab").chmod(0o644)
        self.start("kdc", "/usr/sbin/krb5kdc", "-n", "-r", REALM, "-P", str(self.folder / "kdc.pid"))
        self.wait_for(self.ports["kdc"], "kdc")

    def admin(self, query):
        self.run("/usr/sbin/kadmin.local", "-r", REALM, "-q", query)

    def ticket(self, name, *options):
        cache = f"FILE:{self.folder}/{name}"
        self.run("kinit", *options, "-k", "-t", str(self.folder / "client.keytab"), "-c", cache, USER)
        return cache

    # The web server

    def start_apache(self):
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                 "tls-ca.key", "-out", "tls-ca.pem", "-days", "2", "-subj", "/CN=Test TLS root")
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                 "tls.key", "-out", "tls.pem", "-days", "2", "-subj", "/CN=localhost", "-addext",
                 "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-CA", "tls-ca.pem",
                 "-CAkey", "tls-ca.key")
        self.write("ntlm-users", f"{self.domain}:{USER}:{PASSWORD}\n")
        modules = "/usr/lib/apache2/modules"
        loads = "\n".join(
            f"LoadModule {name}_module {modules}/mod_{name}.so"
            for name in ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_gssapi", "ssl", "proxy",
                         "proxy_http", "headers", "lua"])
        user = ""
        if os.geteuid() == 0:
            account = pwd.getpwnam("www-data")
            user = f"User #{account.pw_uid}\nGroup #{account.pw_gid}"
        mechanisms = {
            "ntlm": "GssapiAllowedMech ntlmssp", "krb5": "GssapiAllowedMech krb5",
            "both": "GssapiAllowedMech krb5\nGssapiAllowedMech ntlmssp"}
        # Unfolded by the reader of the file, by the format of headers and by the substitution.
        backslash = "\\" * 8
        hosts = "\n".join(f"""
Listen 127.0.0.1:{self.ports[name]} https
<VirtualHost 127.0.0.1:{self.ports[name]}>
 ServerName localhost
 SSLEngine on
 SSLCertificateFile {self.folder}/tls.pem
 SSLCertificateKeyFile {self.folder}/tls.key
 ProxyPass /certsrv {self.pages}
 <Location /certsrv>
  AuthType GSSAPI
  AuthName certsrv
  {allowed}
  GssapiConnectionBound On
  GssapiSSLonly On
  Require valid-user
  RequestHeader set X-Remote-User "expr=%{{REMOTE_USER}}"
  # IIS calls an account the same, whichever way it signed in.
  RequestHeader edit X-Remote-User "^(.*)@{REALM}$" "{self.domain}{backslash}$1"
 </Location>
 LuaHookAccessChecker {HERE}/ntlm-version.lua add_version early
</VirtualHost>""" for name, allowed in mechanisms.items())
        self.write("apache.conf", f"""
ServerRoot {self.folder}
ServerName localhost
PidFile {self.folder}/apache.pid
DefaultRuntimeDir {self.folder}
ErrorLog {self.folder}/apache-error.log
LogLevel warn
KeepAliveTimeout 30
StartServers 1
{loads}
{user}
SSLSessionCache none
{hosts}
""")
        # The file goes to gss-ntlmssp in the server only: a client finds no password there.
        self.start("apache", "/usr/sbin/apache2", "-f", str(self.folder / "apache.conf"), "-D", "FOREGROUND",
                   environment={"NTLM_USER_FILE": str(self.folder / "ntlm-users"),
                                "KRB5_KTNAME": f"FILE:{self.folder}/http.keytab"})
        for name in mechanisms:
            self.wait_for(self.ports[name], "apache")

    def start_pages(self):
        self.start("pages", sys.executable, str(HERE / "pages.py"), str(self.folder), str(self.ports["pages"]))
        self.wait_for(self.ports["pages"], "pages")
        self.pages = f"http://127.0.0.1:{self.ports['pages']}/certsrv"

    def serve(self):
        try:
            if not self.pages:
                self.start_pages()
            self.start_kdc()
            self.start_apache()
            cache = self.ticket("ticket")
            expired = self.ticket("expired-ticket", "-l", "1s")
            time.sleep(2)
            root = self.folder / "root.pem"
            print(json.dumps({
                "endpoints": {name: f"https://localhost:{self.ports[name]}/certsrv" for name in ["ntlm", "krb5", "both"]},
                "folder": str(self.folder), "pages": self.pages,
                "tlsRootPEM": (self.folder / "tls-ca.pem").read_text(),
                "rootPEM": root.read_text() if root.exists() else None,
                "user": USER, "password": PASSWORD, "domain": self.domain,
                "environment": self.krb5_environment,
                "ticket": cache, "expiredTicket": expired,
                "clientKeytab": f"FILE:{self.folder}/client.keytab",
            }), flush=True)
            self.wait_for_the_end()
        finally:
            self.stop()

    def wait_for_the_end(self):
        # Another child of the caller may hold the pipe open longer than the caller lives.
        parent = os.getppid()
        while os.getppid() == parent:
            if select.select([sys.stdin], [], [], 1)[0] and not os.read(0, 1024):
                return

    def stop(self):
        # The end of the input and the signal may come together; one of them is enough.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in reversed(self.children):
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                pass
            try:
                # What the child started, such as workers that still serve.
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", help="address of other pages, with /certsrv at its end")
    parser.add_argument("--domain", default="EXAMPLE", help="NetBIOS name of the domain")
    arguments = parser.parse_args()
    # What was inherited, such as the other end of standard input, would keep it open for ever.
    for descriptor in range(3, 256):
        try:
            # Only pipes: whoever started us watches a socket to notice that we have ended.
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.close(descriptor)
        except OSError:
            pass
    # So that the processes are ended by a signal, too; a thread of the caller may have blocked it for its children.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    Front(arguments.pages, arguments.domain).serve()


main()
