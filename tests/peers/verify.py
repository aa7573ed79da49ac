"""Checks what a running registry publishes with PyJWT and cryptography, and nothing of ours.

verify.py <JSON: url, public_url, card (compact JWS), revoked, suspended>; exits with 1 and says why when anything differs.
"""

import base64
import gzip
import json
import sys
import time
import urllib.request
import zlib

import jwt

SMALLEST_W3C_LIST = 131_072  # entries, Bitstring Status List v1.0

given = json.loads(sys.argv[1])


def check(condition, what):
    if not condition:
        sys.exit(f"PyJWT: {what}")


def get(path, accept="*/*"):
    request = urllib.request.Request(given["url"] + path, headers={"accept": accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers.get_content_type(), answer.read().decode()


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def of_did(did):
    """The document of a did:web of this registry."""
    host, *path = did.removeprefix("did:web:").split(":")
    check(host == given["public_url"].split("://")[1], f"{did} is of another host")
    document = json.loads(get("/" + "/".join(path or [".well-known"]) + "/did.json")[1])
    check(document["id"] == did, f"{did} leads to the document of {document['id']}")
    return document


def key_of_url(kid):
    """A key by its DID URL, from the DID document; the key set must have the same key under the same name."""
    document = of_did(kid.split("#")[0])
    check(kid in document["assertionMethod"], f"{kid} may not assert")
    (method,) = [m for m in document["verificationMethod"] if m["id"] == kid]
    check(keys[kid].key.public_bytes_raw() == base64url(method["publicKeyJwk"]["x"]), f"{kid} differs between did.json and jwks.json")
    return jwt.PyJWK(method["publicKeyJwk"])


def signed_list(purpose, media_type, typ):
    got, text = get(f"/status/{number}/{purpose}", media_type)
    check(got == media_type, f"{purpose} is served as {got}")
    header = jwt.get_unverified_header(text)
    check(header["typ"] == typ and header["alg"] == "EdDSA", f"the header of {purpose} is {header}")
    claims = jwt.decode(text, key_of_url(header["kid"]), algorithms=["EdDSA"], options={"require": ["exp", "iat", "iss", "sub"]})
    check(claims["iss"] == header["kid"].split("#")[0], f"{purpose} is signed by another than its issuer")
    check(claims["exp"] > time.time(), f"{purpose} has expired")
    return claims


def w3c_bit(purpose):
    claims = signed_list(purpose, "application/vc+jwt", "vc+jwt")
    subject = claims["credentialSubject"]
    check(claims["id"] == f"{given['public_url']}/status/{number}/{purpose}" and claims["issuer"] == claims["iss"], f"the names of {purpose}")
    check("BitstringStatusListCredential" in claims["type"] and subject["type"] == "BitstringStatusList", f"the types of {purpose}")
    check(subject["statusPurpose"] == purpose and subject["encodedList"][0] == "u", f"the subject of {purpose}")
    bits = gzip.decompress(base64url(subject["encodedList"][1:]))
    check(len(bits) * 8 >= SMALLEST_W3C_LIST, f"{purpose} has {len(bits)} bytes")
    return bits[index // 8] >> (7 - index % 8) & 1  # the first entry is the highest bit


def ietf_status():
    claims = signed_list("token", "application/statuslist+jwt", "statuslist+jwt")
    check(claims["sub"] == f"{given['public_url']}/status/{number}/token", "the subject of the token list")
    width, packed = claims["status_list"]["bits"], zlib.decompress(base64url(claims["status_list"]["lst"]))
    at = index * width
    return packed[at // 8] >> (at % 8) & ((1 << width) - 1)  # the first entry is the lowest bits


def is_signed(card):
    """By the key that the card names. Not as an access token: the `exp` of a card is a day."""
    try:
        return jwt.PyJWS().decode_complete(card, keys[jwt.get_unverified_header(card)["kid"]], algorithms=["EdDSA"])["payload"]
    except jwt.InvalidTokenError:
        return None


keys = jwt.PyJWKSet.from_dict(json.loads(get("/.well-known/jwks.json")[1]))
payload = is_signed(given["card"])
check(payload, "the card is not signed by the key that it names")
card = json.loads(payload)
number, index = card["sts"]
header, body, signature = given["card"].split(".")
forged = base64.urlsafe_b64encode(payload.replace("欧阳静".encode(), "欧阳进".encode())).rstrip(b"=").decode()
check(forged != body and is_signed(f"{header}.{forged}.{signature}") is None, "a tampered card passes")
check(is_signed(f"{header}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}") is None, "a tampered signature passes")

check(w3c_bit("revocation") == int(given["revoked"]), "the W3C revocation bit")
check(w3c_bit("suspension") == int(given["suspended"]), "the W3C suspension bit")
expected = 1 if given["revoked"] else 2 if given["suspended"] else 0
check(ietf_status() == expected, f"the IETF status is {ietf_status()}, not {expected}")
print("PyJWT agrees")
