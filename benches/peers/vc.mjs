// The thousand certificates as W3C credentials, issued and verified with the packages of the Digital Credentials Consortium:
//
//   node vc.mjs PEOPLE
//
// PEOPLE is what `cargo bench -p hufu-verifier --bench peers -- people` writes. Prints a line for each suite and each vocabulary, Open Badges 3.0 and a small one
// of our own: what it is, signed a second, verified a second, bytes. Nothing is fetched: contexts come with the packages, the issuer is a did:key, statuses are
// held in memory.
import { readFileSync } from "node:fs";
import { DataIntegrityProof } from "@digitalcredentials/data-integrity";
import * as Ed25519Multikey from "@digitalcredentials/ed25519-multikey";
import { Ed25519Signature2020 } from "@digitalcredentials/ed25519-signature-2020";
import { Ed25519VerificationKey2020 } from "@digitalcredentials/ed25519-verification-key-2020";
import { cryptosuite } from "@digitalcredentials/eddsa-rdfc-2022-cryptosuite";
import { securityLoader } from "@digitalcredentials/security-document-loader";
import { issue, verifyCredential } from "@digitalcredentials/vc";

const ISSUED = "2026-11-21T16:00:00Z";
const NOW = new Date("2026-11-21T16:00:01Z");
const LIST = "https://skills.example/status/1/revocation";

const people = readFileSync(process.argv[2], "utf8").trim().split("\n").map((line) => JSON.parse(line));
const statuses = new Uint8Array((1 << 20) / 8);
const loader = securityLoader();
const TERMS = ["number", "holder", "idLast4", "occupation", "title", "level", "grade", "assessedOn"];
const OWN = "https://skills.example/contexts/v1";
loader.addStatic(OWN, { "@context": Object.fromEntries(["SkillCertificate", ...TERMS].map((term) => [term, `https://skills.example/terms#${term}`])) });
const documentLoader = loader.build();

/** What is the same in both vocabularies. */
function frame(issuer, person, context, type) {
  return {
    "@context": ["https://www.w3.org/ns/credentials/v2", context],
    id: `urn:hufu:310000:${person.number}`,
    type: ["VerifiableCredential", type],
    issuer,
    validFrom: ISSUED,
    validUntil: `${person.until}T00:00:00+08:00`,
    credentialStatus: {
      id: `${LIST}#${person.index}`,
      type: "BitstringStatusListEntry",
      statusPurpose: "revocation",
      statusListIndex: String(person.index),
      statusListCredential: LIST,
    },
  };
}

/** What the card of `person` says, in terms of our own. A term that no context knows is refused when it is signed. */
function certificate(issuer, person) {
  const { number, name, id_last4, occupation, title, level, grade, day } = person;
  return {
    ...frame(issuer, person, OWN, "SkillCertificate"),
    credentialSubject: { number, holder: name, idLast4: id_last4, occupation, title, level, grade, assessedOn: day },
  };
}

/** The same as an Open Badge. */
function badge(issuer, person) {
  const identity = (identityType, identityHash) => ({ type: "IdentityObject", hashed: false, identityHash, identityType, salt: "not-used" });
  const named = { id: issuer, type: ["Profile"], name: "某公司" };
  return {
    ...frame(named, person, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "OpenBadgeCredential"),
    awardedDate: `${person.day}T00:00:00+08:00`,
    credentialSubject: {
      type: ["AchievementSubject"],
      identifier: [identity("name", person.name), identity("identifier", person.id_last4)],
      licenseNumber: person.number,
      achievement: {
        id: `urn:hufu:occupation:${person.occupation}`,
        type: ["Achievement"],
        achievementType: "Certification",
        humanCode: person.occupation,
        name: person.title,
        description: person.title,
        criteria: { narrative: person.title },
      },
      result: [
        { type: ["Result"], resultDescription: "urn:hufu:level", value: String(person.level) },
        { type: ["Result"], resultDescription: "urn:hufu:grade", value: person.grade },
      ],
    },
  };
}

/** The bit, from a list that was fetched and verified before. */
async function checkStatus({ credential }) {
  const index = Number(credential.credentialStatus.statusListIndex);
  return { verified: ((statuses[index >> 3] >> (7 - (index & 7))) & 1) === 0 };
}

/** Name, issuer, how to sign and how to verify: each suite as its own page shows it. */
async function suites() {
  const seed = new Uint8Array(32).fill(7);
  const [old, key] = [await Ed25519VerificationKey2020.generate({ seed }), await Ed25519Multikey.generate({ seed })];
  for (const pair of [old, key]) {
    const print = pair.publicKeyMultibase;
    pair.controller = `did:key:${print}`;
    pair.id = `${pair.controller}#${print}`;
  }
  const [signing, verifying] = [new DataIntegrityProof({ signer: key.signer(), cryptosuite }), new DataIntegrityProof({ cryptosuite })];
  return [
    { name: "Ed25519Signature2020", issuer: old.controller, signing: new Ed25519Signature2020({ key: old }), verifying: new Ed25519Signature2020() },
    { name: "eddsa-rdfc-2022", issuer: key.controller, signing, verifying },
  ];
}

async function rate(work) {
  const start = performance.now();
  for (let n = 0; n < people.length; n += 1) await work(n);
  return people.length / ((performance.now() - start) / 1000);
}

/** One suite with one vocabulary. */
async function measure({ name, issuer, signing, verifying }, credential) {

  const texts = [];
  const sign = async (n) => {
    texts[n] = JSON.stringify(await issue({ credential: credential(issuer, people[n]), suite: signing, documentLoader, now: NOW }));
  };
  const verify = async (n) => {
    const result = await verifyCredential({ credential: JSON.parse(texts[n]), suite: verifying, documentLoader, checkStatus, now: NOW });
    if (!result.verified) throw result.error;
  };
  // Once over everything before the clock runs, so that the machine code is there.
  for (const work of [sign, verify]) await rate(work);
  const [signed, verified] = [await rate(sign), await rate(verify)];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
  console.log(`${name}-${credential.name}`, signed.toFixed(0), verified.toFixed(0), bytes.toFixed(0));
}

for (const suite of await suites()) for (const credential of [badge, certificate]) await measure(suite, credential);
