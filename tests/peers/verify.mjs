// Checks what a running registry publishes with jose, and nothing of ours.
//   verify.mjs <JSON: url, public_url, card (compact JWS), revoked, suspended>
// Exits with 1 and says why when anything differs.
import assert from "node:assert/strict";
import { gunzipSync, inflateSync } from "node:zlib";
import { base64url, compactVerify, createLocalJWKSet, importJWK, jwtVerify } from "jose";

const SMALLEST_W3C_LIST = 131_072; // entries, Bitstring Status List v1.0
const given = JSON.parse(process.argv[2]);

async function get(path, accept = "*/*") {
  const answer = await fetch(given.url + path, { headers: { accept } });
  assert.equal(answer.status, 200, path);
  return { type: answer.headers.get("content-type"), text: await answer.text() };
}

const jwks = JSON.parse((await get("/.well-known/jwks.json")).text);
// The stock look-up of the library: by kid, and it refuses when two keys fit.
const keySet = createLocalJWKSet(jwks);
const algorithms = ["EdDSA"];

/** The document of a did:web of this registry. */
async function ofDid(did) {
  const [host, ...path] = did.replace(/^did:web:/, "").split(":");
  assert.equal(host, new URL(given.public_url).host);
  const document = JSON.parse((await get(`/${(path.length ? path : [".well-known"]).join("/")}/did.json`)).text);
  assert.equal(document.id, did);
  return document;
}

/** Claims of a list whose signature is good by the DID document and by the key set. */
async function signedList(purpose, mediaType, typ) {
  const { type, text } = await get(`/status/${number}/${purpose}`, mediaType);
  assert.equal(type, mediaType);
  const required = ["exp", "iat", "iss", "sub"];
  const { payload, protectedHeader } = await jwtVerify(text, keySet, { algorithms, typ, requiredClaims: required });
  const document = await ofDid(payload.iss);
  const methods = document.verificationMethod.filter((method) => method.id === protectedHeader.kid);
  assert.equal(methods.length, 1, `${protectedHeader.kid} in did.json`);
  assert.ok(document.assertionMethod.includes(protectedHeader.kid));
  await jwtVerify(text, await importJWK(methods[0].publicKeyJwk, "EdDSA"), { algorithms, typ, issuer: document.id });
  return payload;
}

async function w3cBit(purpose) {
  const { credentialSubject: subject, ...credential } = await signedList(purpose, "application/vc+jwt", "vc+jwt");
  assert.equal(credential.id, `${given.public_url}/status/${number}/${purpose}`);
  assert.equal(credential.issuer, credential.iss);
  assert.ok(credential.type.includes("BitstringStatusListCredential"));
  assert.ok(Date.parse(credential.validFrom) <= Date.now() && Date.now() < Date.parse(credential.validUntil));
  assert.deepEqual([subject.type, subject.statusPurpose, subject.encodedList[0]], ["BitstringStatusList", purpose, "u"]);
  const bits = gunzipSync(base64url.decode(subject.encodedList.slice(1)));
  assert.ok(bits.length * 8 >= SMALLEST_W3C_LIST);
  return (bits[index >> 3] >> (7 - (index & 7))) & 1; // the first entry is the highest bit
}

async function ietfStatus() {
  const { sub, status_list: list } = await signedList("token", "application/statuslist+jwt", "statuslist+jwt");
  assert.equal(sub, `${given.public_url}/status/${number}/token`);
  const [packed, at] = [inflateSync(base64url.decode(list.lst)), index * list.bits];
  return (packed[at >> 3] >> (at & 7)) & ((1 << list.bits) - 1); // the first entry is the lowest bits
}

const { payload, protectedHeader } = await compactVerify(given.card, keySet, { algorithms });
assert.equal(protectedHeader.typ, "hf1+jwt");
const text = new TextDecoder().decode(payload);
const [number, index] = JSON.parse(text).sts;

const [header, body, signature] = given.card.split(".");
const forged = base64url.encode(new TextEncoder().encode(text.replace("欧阳静", "欧阳进")));
assert.notEqual(forged, body);
const wrong = { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" };
await assert.rejects(compactVerify(`${header}.${forged}.${signature}`, keySet, { algorithms }), wrong);
await assert.rejects(compactVerify(`${header}.${body}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`, keySet, { algorithms }), wrong);

assert.equal(await w3cBit("revocation"), Number(given.revoked));
assert.equal(await w3cBit("suspension"), Number(given.suspended));
assert.equal(await ietfStatus(), given.revoked ? 1 : given.suspended ? 2 : 0);
console.log("jose agrees");
