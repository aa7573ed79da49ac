"""Runs verifier/tests/vectors/bundle.json with PyJWT and cryptography, and nothing of ours: signatures, digests, key windows, timelines and
coded status sets are checked anew, and the outcome (not the words) must be that of each verdict.

vectors.py <bundle.json> <dictionary.bin>; exits with 1 and says why when anything differs.
"""

import base64
import datetime
import hashlib
import json
import re
import sys
import zlib

import jwt

DAY = 86_400
# The rules of update and the strictness of forms are not this file's to prove; what it refuses, it must refuse for these reasons.
REASONS = "compression manifest_key manifest_signature manifest_region no_own_manifest not_a_peer part_digest part_unnamed part_missing"
REASONS = {"bundle." + word for word in (REASONS + " rollback equivocation unrevoked").split()}
# OpenSSL takes any 32 bytes for a key, and verifies under points of small order, where one signature fits any text. Encodings of their y.
P = 2**255 - 19
D = -121665 * pow(121666, -1, P)
SMALL_ORDER = {0, 1, P - 1} | {int.from_bytes(bytes.fromhex(y), "little") for y in (
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")}


class Refused(Exception):
    pass


class Unreadable(Exception):
    pass


class Malformed(Exception):
    pass


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def thumbprint(x):
    return encode(hashlib.sha256(b'{"crv":"Ed25519","kty":"OKP","x":"%s"}' % x.encode()).digest())


def public(x):
    """The key, or none where its bytes are no good key."""
    try:
        y = int.from_bytes(decode(x), "little") % 2**255
        square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        if y >= P or y in SMALL_ORDER or pow(square, (P - 1) // 2, P) != 1:
            return None
        return jwt.PyJWK({"kty": "OKP", "crv": "Ed25519", "x": x}, algorithm="EdDSA")
    except (ValueError, jwt.PyJWTError):
        return None


def payload_of(jws, key):
    """What a key signed; none where it did not."""
    try:
        return jwt.PyJWS().decode_complete(jws, key, algorithms=["EdDSA"])["payload"]
    except jwt.InvalidTokenError:
        return None


def once(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise Malformed("a member stands twice")
    return dict(pairs)


def numbers(coded):
    """The numbers of a Golomb-Rice coded set."""
    bits, k = "".join(f"{byte:08b}" for byte in decode(coded["bits"])), coded["k"]
    at, following, out = 0, 0, []
    for _ in range(coded["n"]):
        end = bits.index("0", at)
        number = following + ((end - at) << k) + int("0" + bits[end + 1 : end + 1 + k], 2)
        at, following = end + 1 + k, number + 1
        out.append(number)
    return out


def gunzip(file):
    """One member and nothing after it, at most 64 MiB."""
    stream = zlib.decompressobj(31)
    try:
        plain = stream.decompress(file, 64 << 20)
    except zlib.error:
        raise Refused("bundle.compression") from None
    if not stream.eof or stream.unused_data:
        raise Refused("bundle.compression")
    return plain


class Region:
    """One manifest, verified, with the parts that are at hand."""

    def __init__(self, jws, key, region):
        header = jwt.get_unverified_header(jws)
        if header != {"alg": "EdDSA", "kid": thumbprint(key), "typ": "hufu-manifest+jwt"}:
            raise Refused("bundle.manifest_key")
        payload = payload_of(jws, public(key))
        if payload is None:
            raise Refused("bundle.manifest_signature")
        self.jws, self.manifest = jws, json.loads(payload)
        if self.manifest["region"] != region:
            raise Refused("bundle.manifest_region")

    def load(self, pool):
        self.parts = {part["name"]: json.loads(pool[part["sha256"]]) for part in self.manifest["parts"] if part["sha256"] in pool}
        if not {"providers", "revoked"} <= self.parts.keys():
            raise Refused("bundle.part_missing")
        for part in self.manifest["parts"]:
            if part["sha256"] in pool and len(pool[part["sha256"]].encode()) != part["bytes"]:
                raise Refused("bundle.part_unnamed")
        self.keys = [row for name, part in sorted(self.parts.items()) if name.startswith("keys/") for row in part["keys"]]
        self.status = {name: self.entries(part) for name, part in self.parts.items() if name.startswith("status/")}
        return self

    def entries(self, part):
        """(list, index) -> status, and list -> length."""
        places, lengths = [], {}
        for first, issued in part["lists"]:
            lengths |= {first + at: length for at, length in enumerate(issued)}
            places += [(first + at, index) for at, length in enumerate(issued) for index in range(length)]
        entries = {tuple(row[:2]): "replaced" for row in part["replaced"]}
        for status in ("revoked", "suspended"):
            entries |= {places[number]: status for number in numbers(part[status])}
        return entries, lengths

    def finals(self):
        return {(name, place) for name, (entries, _) in self.status.items() for place, status in entries.items() if status != "suspended"}

    def place(self):
        return self.manifest["epoch"], self.manifest["seq"]

    def may_follow(self, held):
        if self.jws == held.jws or self.manifest["keys"] != held.manifest["keys"]:
            return
        is_next = self.place() == (held.place()[0], held.place()[1] + 1)
        other_past = self.manifest.get("prev") not in (None, hashlib.sha256(held.jws.encode()).hexdigest())
        if self.place() == held.place() or (is_next and other_past):
            raise Refused("bundle.equivocation")
        if self.place() < held.place() or self.manifest["iat"] < held.manifest["iat"]:
            raise Refused("bundle.rollback")
        if not held.parts.keys() <= self.parts.keys():
            raise Refused("bundle.part_missing")
        if not held.finals() <= self.finals():
            raise Refused("bundle.unrevoked")


class Bundle:
    def __init__(self, file, anchor, held=None):
        wire = json.loads(gunzip(file) if file[:2] == b"\x1f\x8b" else file)
        for digest, text in wire["parts"].items():
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                raise Refused("bundle.part_digest")
        self.anchor, self.pool = anchor, (held.pool if held else {}) | wire["parts"]
        texts = {code: region.jws for code, region in held.regions.items()} if held else {}
        if anchor["region"] not in texts | wire["manifests"]:
            raise Refused("bundle.no_own_manifest")
        own = (texts | wire["manifests"])[anchor["region"]]
        self.regions = {anchor["region"]: Region(own, anchor["key"], anchor["region"])}
        pins = {peer["region"]: peer["key"] for peer in self.own().manifest["peers"]}
        if not held and not wire["manifests"].keys() <= pins.keys() | {anchor["region"]}:
            raise Refused("bundle.not_a_peer")
        for code, key in pins.items():
            if code in wire["manifests"]:
                self.regions[code] = Region(wire["manifests"][code], key, code)
            elif code in texts and held.regions[code].manifest["keys"] == [key]:
                self.regions[code] = held.regions[code]
        named = {part["sha256"] for region in self.regions.values() for part in region.manifest["parts"]}
        if not held and not wire["parts"].keys() <= named:
            raise Refused("bundle.part_unnamed")
        for region in self.regions.values():
            region.load(self.pool)
        for code in (held.regions.keys() if held else set()) & self.regions.keys():
            try:
                self.regions[code].may_follow(held.regions[code])
            except Refused:
                if code == anchor["region"]:
                    raise
                self.regions[code] = held.regions[code]

    def own(self):
        return self.regions[self.anchor["region"]]

    def add_part(self, text):
        digest = hashlib.sha256(text).hexdigest()
        if not any(part["sha256"] == digest for region in self.regions.values() for part in region.manifest["parts"]):
            raise Refused("bundle.part_unnamed")
        self.pool[digest] = text.decode()
        self.regions = {code: region.load(self.pool) for code, region in self.regions.items()}


def read(text, dictionary):
    """The compact JWS in what was held up, after docs/formats/hf1.md."""
    body = text.strip().split("#", 1)[-1]
    if len(text.encode()) > 8192:
        raise Unreadable
    if not re.fullmatch("[0-9]{175,}", body):
        if body.startswith("eyJ") and body.count(".") == 2:
            return body
        raise Unreadable
    groups, sizes = [body[at : at + 17] for at in range(0, len(body), 17)], [0, 3, 5, 8, 10, 13, 15, 17]
    try:
        raw = b"".join(int(group).to_bytes(sizes.index(len(group)), "big") for group in groups)
    except (ValueError, OverflowError):
        raise Unreadable from None
    kind, kid, payload, signature = raw[0], raw[1:7], raw[7:-64], raw[-64:]
    if kind not in (1, 2):
        raise Unreadable
    if kind == 2:
        stream = zlib.decompressobj(-15, zdict=dictionary)
        payload = stream.decompress(payload, 2048)
        if not stream.eof or stream.unused_data:
            raise Malformed("a payload that does not inflate")
    return ".".join([encode(header_of(encode(kid))), encode(payload), encode(signature)])


def header_of(kid):
    return b'{"alg":"EdDSA","kid":"%s","typ":"hf1+jwt"}' % kid.encode()


def day_of(instant, zone):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=(instant + zone * 60) // DAY)).isoformat()


def window(claims, key, region, now):
    """Whether the key was good at the time of issue, and whether that "no" is final."""
    revoked = {row["kid"]: row for row in region.parts["revoked"]["keys"]}.get(thumbprint(key["x"]))
    if key["provider"] != claims["prv"]:
        return False, False
    if revoked and (revoked["reason"] == "compromise" or claims["iat"] >= revoked["at"]):
        return False, True
    if not key["from"] <= claims["iat"] < key["until"]:
        return False, False
    return (None if claims["iat"] > now + 300 else True), False


def allowed(standing, claims):
    if standing == "barred" or standing["listed"]["class"] == "D" or standing["listed"]["flag"] == "red":
        return False
    scope = standing["listed"]["scope"]
    types, branches = scope.get("types", []), scope.get("occupations", [])
    in_branch = any(claims.get("occ", "").startswith(branch) for branch in branches)
    in_level = "lvl" not in claims or scope["level_min"] <= claims["lvl"] <= scope["level_max"]
    return (not types or claims["typ"] in types) and (not branches or in_branch) and in_level


def issuer(claims, region):
    day = day_of(claims["iat"], region.manifest["zone"])
    provider = {row["code"]: row for row in region.parts["providers"]["providers"]}.get(claims["prv"])
    if provider is None:
        return None
    standings = [row["standing"] for row in provider["timeline"] if row["from"] <= day < row.get("until", "9999")]
    if not standings:
        return None if claims["iat"] > region.manifest["iat"] else False
    return all(allowed(standing, claims) for standing in standings)


def status(claims, region):
    year = day_of(claims["iat"], region.manifest["zone"])[:4]
    entries, lengths = region.status.get(f"status/{year}", ({}, {}))
    number, index = claims["sts"]
    if index >= lengths.get(number, 0):
        return None, False
    found = entries.get((number, index))
    return found is None, found in ("revoked", "replaced")


def outcome(bundle, text, now, dictionary):
    try:
        jws = read(text, dictionary)
        if len(jws) > 2048:
            raise Malformed("a card above the limit")
        header, payload, _ = map(decode, jws.split("."))
        kid = json.loads(header)["kid"]
        if header != header_of(kid):
            raise Malformed("a header that is not the template")
        claims = json.loads(payload, object_pairs_hook=once)
    except Unreadable:
        return "undetermined"
    except Malformed:
        return "invalid"
    region = bundle.regions.get(claims["iss"])
    named = [row for row in region.keys if thumbprint(row["x"])[:8] == kid] if region else []
    named.sort(key=lambda row: row["provider"] != claims["prv"])
    key = public(named[0]["x"]) if named else None
    if key is None:
        return "undetermined"
    if payload_of(jws, key) is None:
        return "invalid"
    manifest = region.manifest
    now = max(now, manifest["iat"])
    steps = [window(claims, named[0], region, now), (issuer(claims, region), False), status(claims, region)]
    if now >= min(manifest["expires"], bundle.own().manifest["expires"]):
        steps = [step if step == (False, True) else (None, False) for step in steps]
    found = [good for good, _ in steps] + ["exp" not in claims or day_of(now, manifest["zone"]) < claims["exp"]]
    if False in found:
        return "invalid"
    if None in found:
        return "undetermined"
    return "valid" if now < manifest["fresh_until"] else "valid-as-of"


def run(vectors, dictionary):
    seen = {"verdicts": 0, "refusals": 0, "left to other tests": 0}
    for case in vectors["cases"]:
        steps = [(word, decode(vectors["bundles"][name])) for step in case.get("then", []) for word, name in step.items()]
        is_ours = "verdict" in case or case["refused"] in REASONS
        if not is_ours or any(word == "apply" for word, _ in steps):
            seen["left to other tests"] += 1
            continue
        try:
            bundle = Bundle(decode(vectors["bundles"][case["bundle"]]), case["anchor"])
            for word, file in steps:
                if word == "update":
                    bundle = Bundle(file, case["anchor"], bundle)
                else:
                    bundle.add_part(file)
            got, expected = outcome(bundle, case["card"], case["now"], dictionary) if "card" in case else None, None
        except Refused as refused:
            got = str(refused)
        expected = json.loads(case["verdict"])["outcome"] if "verdict" in case else case["refused"]
        if got != expected:
            sys.exit(f"PyJWT: {case['name']}: {got}, not {expected}")
        seen["verdicts" if "verdict" in case else "refusals"] += 1
    return seen


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file, open(sys.argv[2], "rb") as preset:
        ran = run(json.load(file), preset.read())
    print("PyJWT agrees:", ", ".join(f"{count} {what}" for what, count in ran.items()))
