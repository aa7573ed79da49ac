// Whether a region recognises the certificate: the choice of the region, the answer, the clause, and every condition of it.
import { field, section } from "./draw.js";
import { icon, make } from "./dom.js";
import { pick, say } from "./words.js";

const ICON = { recognised: "valid", not: "invalid", undetermined: "undetermined" };
const RESULT = { recognised: "ok", not: "failed", undetermined: "unchecked" };

/** The section; none where there is nothing to choose. `places` are regions of the bundle, `choose` is called with the code of another one. */
export function drawRecognition({ recognition, failed }, places, place, choose) {
  if (places.length === 0) return [];
  const select = make("select", { id: "place" }, ...places.map((region) => make("option", { value: region.region, selected: region.region === place }, nameOf(region))));
  select.addEventListener("change", () => choose(select.value));
  const ask = make("p", { className: "place" }, make("label", { htmlFor: "place" }, say("page.recognition.place")), select);
  return [section("page.recognition.title", ask, ...drawAnswer(recognition, failed))];
}

const nameOf = ({ name_zh, name_en, region }) => `${pick({ zh: name_zh, en: name_en })} ${region}`;

function drawAnswer(recognition, failed) {
  if (failed) return [make("p", {}, say("page.recognition.failed"))];
  if (!recognition) return [make("p", { role: "status" }, say("page.recognition.waiting"))];
  const { outcome, checks = [] } = recognition;
  const answer = make("p", { id: "recognition", className: `standing ${RESULT[outcome] ?? "unchecked"} ${outcome}`, role: "status" }, icon(ICON[outcome] ?? "undetermined"), pick(recognition));
  const lines = [
    field("page.recognition.agreement", pick(recognition.title), { beside: recognition.version ? `${recognition.id} · ${recognition.version}` : "" }),
    field("page.recognition.clause", recognition.grant, { className: "code" }),
    field("page.recognition.digest", recognition.agreement, { className: "code" }),
    field("page.recognition.day", recognition.day, { className: "code" }),
  ];
  const list = recognition.grant ? [make("dl", {}, ...lines.filter(Boolean))] : [];
  return [answer, ...list, ...(checks.length ? [make("ol", { className: "steps" }, ...checks.map(drawCheck))] : [])];
}

/** One condition, with what it wants and what there is. */
export function drawCheck(check) {
  const name = check.ok ? "ok" : "failed";
  const result = make("span", { className: `result ${name}` }, say(check.waived?.length ? "page.recognition.waived" : `page.result.${name}`));
  const values = make("span", { className: "words code", translate: false }, `${say("page.recognition.want")}${check.want} · ${say("page.recognition.got")}${check.got}`);
  return make("li", {}, make("span", { className: name }, icon(check.ok ? "valid" : "invalid")), make("strong", {}, pick(check)), result, values);
}
