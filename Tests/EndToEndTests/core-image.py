# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Takes core images of processes and looks for secrets in them, with Python only.

usage: core-image.py SECRETS_JSON PID...

SECRETS_JSON has two members, `gone` and `held`, with {"keys": {NAME: PEM}, "texts": {NAME: TEXT}, "bytes": {NAME: HEX}} each, and
perhaps `pfx`: what Intune holds, and the key of its connector, whose contents count as gone. What is gone must be nowhere in memory;
what is held may lie where no core image is made of (`dd` in smaps, MADV_DONTDUMP). Of a private key, eight bytes of a private number
count, whichever way round they lie, in DER, as the digits of a big number, or in Base64; of a text, the whole, its Base64 or its UTF-16. A signed
token is found by what it looks like. This very process has all of them in its memory, so that a look which finds nothing is known to be
one that would find it.
"""
import base64, json, os, re, sys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs12

WORD = 8
PAGE = 4096
EMPTY = bytes(PAGE)
TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}")


def private_numbers(key):
    numbers = key.private_numbers()
    if hasattr(numbers, "private_value"):
        yield "scalar", numbers.private_value
    else:
        for name in ("d", "p", "q", "dmp1", "dmq1", "iqmp"):
            yield name, getattr(numbers, name)


def shifted_base64(octets):
    """As they stand in the middle of something larger, without the characters they share with their neighbours."""
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + octets).rstrip(b"=")
        yield whole[(0, 2, 3)[shift]:len(whole) - (1 if (shift + len(octets)) % 3 else 0)]


def words_of(octets):
    """Every eight bytes in a row: whatever lies aligned in memory is among them."""
    for turned in (octets, octets[::-1], *shifted_base64(octets)):
        for start in range(len(turned) - WORD + 1):
            word = turned[start:start + WORD]
            if len(set(word)) > 4:
                yield int.from_bytes(word, "little")


def spellings(octets):
    yield octets
    yield octets.decode("latin-1").encode("utf-16-le")
    for inner in shifted_base64(octets):
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


class Secrets:
    def __init__(self, described):
        self.words, self.texts, self.samples = {}, {}, []
        for name, pem in described.get("keys", {}).items():
            # Certificates may stand before it; a passphrase is a secret, too.
            pem = re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", pem, re.S)[0].encode()
            for passphrase in [None, *(text.encode() for text in described.get("texts", {}).values())]:
                try:
                    self.add_key(name, serialization.load_pem_private_key(pem, passphrase))
                    break
                except (TypeError, ValueError):
                    continue
            else:
                sys.exit(f"{name} does not open")
        for name, octets in described.get("bytes", {}).items():
            self.words.update((word, name) for word in words_of(bytes.fromhex(octets)))
            self.samples.append(bytes.fromhex(octets))
        for name, text in described.get("texts", {}).items():
            self.add_text(name, text.encode())

    def add_key(self, name, key):
        for part, number in private_numbers(key):
            octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
            self.words.update((word, f"{name}.{part}") for word in words_of(octets))
            self.samples.append(octets)

    def add_text(self, name, octets):
        self.texts.update((spelling, name) for spelling in spellings(octets))

    def add_pfx(self, entity, key):
        digest = {"oaepsha256": hashes.SHA256, "oaepsha384": hashes.SHA384, "oaepsha512": hashes.SHA512}[
            entity["paddingScheme"].lower()]
        password = key.decrypt(
            base64.b64decode(entity["encryptedPfxPassword"]),
            padding.OAEP(mgf=padding.MGF1(digest()), algorithm=digest(), label=None))
        name = f"{entity['userPrincipalName']}/{entity['thumbprint'][:8]}"
        self.add_text(f"PFX password of {name}", password)
        self.add_key(f"key of {name}", pkcs12.load_key_and_certificates(
            base64.b64decode(entity["encryptedPfxBlob"]), password)[0])

    @property
    def names(self):
        return set(self.words.values()) | set(self.texts.values())

    def find(self, piece):
        aligned = memoryview(piece[:len(piece) // WORD * WORD]).cast("Q")
        yield from {self.words[word] for word in self.words.keys() & aligned}
        yield from {name for spelling, name in self.texts.items() if spelling in piece}


def image(process):
    """(where, whether a core image has it, bytes) of each piece that is mapped, empty pages left out."""
    mappings, flags = [], {}
    with open(f"/proc/{process}/smaps") as file:
        for line in file:
            head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)", line)
            if head:
                mappings.append((int(head[1], 16), int(head[2], 16), head[3], head[4]))
            elif line.startswith("VmFlags:"):
                flags[mappings[-1][0]] = line.split()[1:]
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for start, end, mode, name in mappings:
            # A file that is mapped for reading is as public as the file.
            if "r" not in mode or name in ("[vvar]", "[vsyscall]") or (name.startswith("/") and "w" not in mode):
                continue
            place = start
            while place < end:
                try:
                    memory.seek(place)
                    piece = memory.read(min(1 << 24, end - place))
                except OSError:
                    break
                if not piece:
                    break
                pages = [piece[at:at + PAGE] for at in range(0, len(piece), PAGE)]
                used = b"".join(page for page in pages if page != EMPTY)
                if used:
                    yield f"{place:x} {name}".strip(), "dd" not in flags.get(start, []), used
                place += len(piece)


def judge(process, gone, held):
    found, size = {}, 0
    for where, is_dumped, piece in image(process):
        size += len(piece)
        names = set(gone.find(piece))
        if is_dumped:
            names.update(held.find(piece))
            if TOKEN.search(piece):
                names.add("token")
        for name in names:
            found.setdefault(name, []).append(where)
    return {"bytes": size, "found": found}


with open(sys.argv[1]) as source:
    described = json.load(source)
gone, held = Secrets(described.get("gone", {})), Secrets(described.get("held", {}))
if "pfx" in described:
    intune = serialization.load_pem_private_key(described["intuneKey"].encode(), None)
    for entity in described["pfx"]:
        gone.add_pfx(entity, intune)
token = b".".join([b"eyJ" + os.urandom(40).hex().encode()] * 2 + [os.urandom(40).hex().encode()])
if missed := (gone.names | held.names | {"token"}) - set(judge(os.getpid(), gone, held)["found"]):
    sys.exit(f"the look at this very process misses {', '.join(sorted(missed))}")
print(json.dumps({
    "sought": len(gone.words) + len(gone.texts) + len(held.words) + len(held.texts),
    "images": [judge(int(process), gone, held) for process in sys.argv[2:]]}))
