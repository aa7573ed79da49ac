// What a verdict rests on: the trust bundle and its age, the pinned key, and what went wrong with either, in words.
import { make } from "./dom.js";
import { field, section } from "./draw.js";
import { ago, local, pick, say, tell } from "./words.js";

const now = () => Date.now() / 1000;
const names = (region) => ({ zh: region.name_zh, en: region.name_en });

/** How old the bundle is: `fresh`, `old` or `expired`, by the clock of this device. */
const state = ({ fresh_until: fresh, expires }) => (now() < fresh ? "fresh" : now() < expires ? "old" : "expired");

/** One line that always stands under the title; `trust` is null where this browser cannot check by itself. */
export function drawStrip(trust, isBusy) {
  const own = trust?.own;
  if (!own) return say(isBusy ? "page.trust.loading" : "page.trust.none");
  const line = tell(`page.trust.${state(own)}`, { when: local(own.iat), age: ago(own.iat, now()) });
  return isBusy ? `${line} ${say("page.trust.updating")}` : line;
}

/** The class of that line. */
export const stripState = (trust) => (trust?.own ? state(trust.own) : "none");

/** The section at the end: where and when it was judged, on which bundle, under which key. */
export function drawBasis(trust, shown, refresh) {
  const isJudged = shown.kind === "verdict";
  const how = shown.by === "registry" ? "page.basis.registry" : "page.basis.here";
  const own = shown.by === "registry" ? null : trust?.own;
  const lines = [
    isJudged ? field("page.basis.how", say(how)) : null,
    isJudged ? field("page.basis.judged", local(shown.at)) : null,
    own ? field("page.bundle.iat", local(own.iat), { beside: ago(own.iat, now()) }) : null,
    own ? field("page.bundle.fresh_until", local(own.fresh_until)) : null,
    own ? field("page.bundle.expires", local(own.expires)) : null,
    own ? field("page.bundle.seq", own.seq, { className: "code" }) : null,
    own ? field("page.basis.region", pick(names(own)), { beside: own.region }) : null,
    ...(own ? trust.summary.regions.slice(1).map((r) => field("page.basis.partner", pick(names(r)), { beside: `${local(r.iat)} · ${ago(r.iat, now())}` })) : []),
    own ? field("page.fingerprint", own.fingerprint, { className: "fingerprint", beside: pinned(trust) }) : null,
  ].filter(Boolean);
  if (lines.length === 0) return [];
  const button = make("button", { type: "button", className: "quiet", id: "refresh" }, say("page.basis.refresh"));
  button.addEventListener("click", refresh);
  return [section("page.basis.title", make("dl", {}, ...lines), ...(own ? [make("p", { className: "hint" }, say("page.basis.compare")), button] : []))];
}

const pinned = (trust) => (trust.keeps ? tell("page.basis.pinned", { when: local(trust.anchor.pinned) }) : say("page.basis.unpinned"));

/** What must not be overlooked: another key than the pinned one, a newer bundle that was refused. */
export function drawAlarms(trust, accept) {
  const alarms = [];
  if (trust?.other) alarms.push(drawOther(trust, accept));
  if (trust?.refusal && trust.own) {
    const about = make("p", {}, pick(trust.refusal));
    alarms.push(make("div", { className: "alarm" }, make("h2", {}, say("page.alarm.refused")), about, make("p", {}, say("page.alarm.refused_more"))));
  }
  for (const alarm of trust?.summary?.alarms ?? []) alarms.push(drawPartner(trust, alarm));
  return alarms;
}

/** A partner that broke a rule of update; what the alarm is about begins with its code. */
function drawPartner(trust, alarm) {
  const about = alarm.about ?? "";
  const partner = trust.summary.regions.find(({ region }) => about.startsWith(region));
  const title = tell("page.alarm.partner", { region: partner ? pick(names(partner)) : "" });
  const why = make("p", {}, about ? `${pick(alarm)} (${about})` : pick(alarm));
  return make("div", { className: "alarm" }, make("h2", {}, title), why, make("p", {}, say("page.alarm.partner_more")));
}

function drawOther({ own, other }, accept) {
  const offered = other.summary?.regions[0].fingerprint;
  const parts = [
    make("h2", {}, say("page.alarm.key")),
    make("p", {}, say("page.alarm.key_more")),
    make("dl", {}, ...[field("page.alarm.key_held", own?.fingerprint, { className: "fingerprint" }), field("page.alarm.key_new", offered, { className: "fingerprint" })].filter(Boolean)),
  ];
  if (offered) {
    const button = make("button", { type: "button", className: "quiet" }, say("page.alarm.key_accept"));
    button.addEventListener("click", accept);
    parts.push(make("p", {}, say("page.alarm.key_compare")), button);
  }
  return make("div", { className: "alarm grave" }, ...parts);
}
